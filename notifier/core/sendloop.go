package core

// A SendLoop is a queue and the Alertmanagers that its batches are posted to. Releases with a shared queue have one
// SendLoop for all Alertmanagers; later releases have one for each Alertmanager of each set.
type SendLoop[S any] struct {
	// Targets are the Alertmanagers that the next batch is posted to.
	Targets []*Alertmanager
	// Queue holds the waiting alerts. It does not include the batch in flight.
	Queue Queue[S]
	// Tag is for the driver's own data.
	Tag any

	// signal says that the loop has been woken up and has not reacted yet. Further wake-ups change nothing.
	signal bool
	// stopped loops ignore wake-ups.
	stopped bool

	// batch is the batch that the loop itself sends. drain is sent independently of it while the loop is being stopped.
	batch, drain Batch[S]
}

// BatchesInFlight calls f with every batch in flight: at most one, or two while a stopped loop is drained.
func (l *SendLoop[S]) BatchesInFlight(f func(*Batch[S])) {
	for _, b := range []*Batch[S]{&l.batch, &l.drain} {
		if b.pending > 0 {
			f(b)
		}
	}
}

// A Batch is a number of alerts that left a queue together. It lasts until all requests that carry them have ended.
type Batch[S any] struct {
	Loop *SendLoop[S]
	// Segments are the alerts of the batch. They are valid until Driver.BatchDone returns.
	Segments []Segment[S]
	// N is the number of alerts in Segments.
	N int

	requests     []*Request[S]
	used         int // the number of requests in use; the rest are reused later
	pending      int // the number of requests that have not ended
	encodeFailed bool
	sets         []setOutcome
}

// A setOutcome says whether a batch was posted to an Alertmanager of a set (asked) and whether one accepted it.
type setOutcome struct{ asked, delivered bool }

// Requests calls each with every request of the batch that has not ended.
func (b *Batch[S]) Requests(each func(*Request[S])) {
	for _, r := range b.requests[:b.used] {
		if !r.done {
			each(r)
		}
	}
}

// Asked reports whether the batch is posted to at least one Alertmanager.
func (b *Batch[S]) Asked() bool { return b.used > 0 }

// A Request is one POST of a batch to one Alertmanager.
type Request[S any] struct {
	Batch *Batch[S]
	To    *Alertmanager
	// Segments are those of the batch or, in releases that relabel for each set when they send, what is left of them. N
	// is the number of alerts in them.
	Segments []Segment[S]
	N        int
	// Tag is for the driver's own data.
	Tag any

	set       int // index of To's set
	done      bool
	relabeled []Segment[S]
}

// An Outcome is how a request ended.
type Outcome uint8

// The outcomes.
const (
	Delivered    Outcome = iota // a 2xx response arrived in time
	Failed                      // connection refused or broken, another response, or timeout
	Cancelled                   // cancelled because the notifier stops
	EncodeFailed                // an alert cannot be encoded: the batch is lost and no request is counted
)

// newRequest adds a Request to the batch, reusing memory, for the caller to fill in.
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

// clear empties b so that the next batch can use it.
func (b *Batch[S]) clear() {
	for i := range b.Segments { // drops the references; for one segment, as usual, clear is slower
		var none Segment[S]
		b.Segments[i] = none
	}
	b.Segments, b.N, b.used, b.pending, b.encodeFailed = b.Segments[:0], 0, 0, 0, false
	b.sets = b.sets[:0]
}
