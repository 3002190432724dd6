package notifier

// A Loop is a send loop: one queue and the Alertmanagers that it feeds. Releases with a shared queue have one Loop for all
// Alertmanagers, later ones a Loop for each; nothing else about it differs.
type Loop[S any] struct {
	// Targets are the Alertmanagers that the next batch goes to.
	Targets []*Alertmanager
	// Queue holds the alerts that wait. The batch in flight is outside it.
	Queue Queue[S]
	// Tag is the driver's.
	Tag any

	// signal is a wake-up that the loop has not consumed yet; there is never more than one.
	signal bool
	// stopped loops take no more wake-ups.
	stopped bool

	// own is the batch that the loop sends, drain the one that whoever stops the loop sends beside it.
	own, drain Flight[S]
}

// Flights calls f with every batch in flight.
func (l *Loop[S]) Flights(f func(*Flight[S])) {
	for _, fl := range []*Flight[S]{&l.own, &l.drain} {
		if fl.waiting > 0 {
			f(fl)
		}
	}
}

// A Flight is one batch, from the moment it leaves the queue until the last of its requests has ended.
type Flight[S any] struct {
	Loop *Loop[S]
	// Batch is valid until the flight ends.
	Batch []Segment[S]
	// N is the number of alerts of Batch.
	N int

	requests []*Request[S]
	used     int // of requests
	waiting  int // requests without an outcome
	unsent   bool
	sets     []setOutcome
}

// A setOutcome is how a batch fared at the Alertmanagers of one set.
type setOutcome struct{ asked, took bool }

// Requests calls f with every request of the flight that has no outcome yet.
func (f *Flight[S]) Requests(each func(*Request[S])) {
	for _, r := range f.requests[:f.used] {
		if !r.done {
			each(r)
		}
	}
}

// Asked reports whether any Alertmanager was asked to take the batch.
func (f *Flight[S]) Asked() bool { return f.used > 0 }

// A Request is one POST of a batch to one Alertmanager.
type Request[S any] struct {
	Flight *Flight[S]
	To     *Alertmanager
	// Batch is the flight's, through the alert_relabel_configs of the set in releases that relabel on sending. N is its length.
	Batch []Segment[S]
	N     int
	// Tag is the driver's.
	Tag any

	set       int // index
	done      bool
	relabeled []Segment[S]
}

// An Outcome is how a request ended.
type Outcome uint8

// The outcomes.
const (
	Took   Outcome = iota // answered 2xx in time
	Failed                // refused, broken, answered otherwise, or timed out
	Cut                   // the sender gave it up because it stops
	Unsent                // its alerts cannot be encoded: the batch is lost, and no request is counted
)

// request returns a Request of the flight to fill.
func (f *Flight[S]) request() *Request[S] {
	if f.used == len(f.requests) {
		f.requests = append(f.requests, &Request[S]{Flight: f})
	}
	r := f.requests[f.used]
	f.used++
	f.waiting++
	r.done = false
	return r
}

// finish notes that r has an outcome.
func (r *Request[S]) finish() {
	r.done = true
	r.To.inFlight -= r.N
}

// clear forgets the batch that f carried.
func (f *Flight[S]) clear() {
	for i := range f.Batch { // let the sends go; a call of clear costs more, since there is nearly always one
		var none Segment[S]
		f.Batch[i] = none
	}
	f.Batch, f.N, f.used, f.waiting, f.unsent = f.Batch[:0], 0, 0, 0, false
	f.sets = f.sets[:0]
}
