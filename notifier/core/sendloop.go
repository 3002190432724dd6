package core

// A SendLoop is one queue and the Alertmanagers that it feeds. Releases with a shared queue have one SendLoop for all
// Alertmanagers, later ones have one for each; nothing else about it differs.
type SendLoop[S any] struct {
	// Targets are the Alertmanagers that the next batch goes to.
	Targets []*Alertmanager
	// Queue holds the alerts that wait. The batch in flight is outside it.
	Queue Queue[S]
	// Tag is for the driver.
	Tag any

	// signal is a wake-up that the loop has not consumed; there is at most one.
	signal bool
	// stopped loops consume no wake-ups.
	stopped bool

	// batch is what the loop itself sends, drain what is sent beside it while the loop is being stopped.
	batch, drain Batch[S]
}

// BatchesInFlight calls f with every batch in flight: none, one, or two while a stopped loop is drained.
func (l *SendLoop[S]) BatchesInFlight(f func(*Batch[S])) {
	for _, b := range []*Batch[S]{&l.batch, &l.drain} {
		if b.pending > 0 {
			f(b)
		}
	}
}

// A Batch is alerts that left the queue together, until the last of the requests that carry them has ended.
type Batch[S any] struct {
	Loop *SendLoop[S]
	// Segments are its alerts, until Driver.BatchDone returns.
	Segments []Segment[S]
	// N is the number of alerts of Segments.
	N int

	requests     []*Request[S]
	used         int // of requests
	pending      int // requests that have not ended
	encodeFailed bool
	sets         []setOutcome
}

// A setOutcome is whether a batch was posted to Alertmanagers of a set, and whether one of them took it.
type setOutcome struct{ asked, delivered bool }

// Requests calls f with every request that has not ended yet.
func (b *Batch[S]) Requests(each func(*Request[S])) {
	for _, r := range b.requests[:b.used] {
		if !r.done {
			each(r)
		}
	}
}

// Asked reports whether the batch is posted to any Alertmanager.
func (b *Batch[S]) Asked() bool { return b.used > 0 }

// A Request is one POST of a batch to one Alertmanager.
type Request[S any] struct {
	Batch *Batch[S]
	To    *Alertmanager
	// Segments are the batch's, after the set's alert_relabel_configs in releases that relabel when they send.
	// N is the number of their alerts.
	Segments []Segment[S]
	N        int
	// Tag is for the driver.
	Tag any

	set       int // index
	done      bool
	relabeled []Segment[S]
}

// An Outcome is how a request ended.
type Outcome uint8

// The outcomes.
const (
	Delivered    Outcome = iota // answered 2xx in time
	Failed                      // refused, broken, answered otherwise, or timed out
	Cancelled                   // the notifier gave it up because it stops
	EncodeFailed                // its alerts cannot be encoded: the batch is lost and no request is counted
)

// newRequest returns a Request of the batch to fill.
func (b *Batch[S]) newRequest() *Request[S] {
	if b.used == len(b.requests) {
		b.requests = append(b.requests, &Request[S]{Batch: b})
	}
	r := b.requests[b.used]
	b.used++
	b.pending++
	r.done = false
	return r
}

// finish marks r as ended.
func (r *Request[S]) finish() {
	r.done = true
	r.To.inFlight -= r.N
}

// clear empties b for the next batch.
func (b *Batch[S]) clear() {
	for i := range b.Segments { // drop the references; calling clear costs more, since there is nearly always one
		var none Segment[S]
		b.Segments[i] = none
	}
	b.Segments, b.N, b.used, b.pending, b.encodeFailed = b.Segments[:0], 0, 0, 0, false
	b.sets = b.sets[:0]
}
