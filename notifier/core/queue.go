package core

// A Segment is the alerts From to To-1 of one send. S is the driver's data for the send, which package core does not
// read.
type Segment[S any] struct {
	Send     S
	From, To int
}

// Len returns the number of alerts.
func (s Segment[S]) Len() int { return s.To - s.From }

// split divides s after its first n alerts.
func (s Segment[S]) split(n int) (head, tail Segment[S]) {
	return Segment[S]{s.Send, s.From, s.From + n}, Segment[S]{s.Send, s.From + n, s.To}
}

// A Queue is the bounded FIFO of waiting alerts. It stores segments, so its cost depends on the number of sends and
// batches, not on the number of alerts. A zero Queue with Capacity set is ready to use.
type Queue[S any] struct {
	// Capacity is the largest number of queued alerts: --alertmanager.notification-queue-capacity.
	Capacity int

	ring       []Segment[S] // its length is 0 or a power of two
	head, used int
	length     int
}

// Len returns the number of queued alerts.
func (q *Queue[S]) Len() int { return q.length }

// Segments returns the number of segments in the queue.
func (q *Queue[S]) Segments() int { return q.used }

// Push appends a send and calls drop with the alerts that do not fit. If the send is larger than the queue, its own
// oldest alerts are dropped; then the oldest alerts of the queue are, until the send fits (Prometheus'
// notifier/notifier.go at v2.5.0 and notifier/sendloop.go at v3.16.0).
func (q *Queue[S]) Push(seg Segment[S], drop func(Segment[S], Reason)) {
	if d := seg.Len() - q.Capacity; d > 0 {
		var oldest Segment[S]
		oldest, seg = seg.split(d) //mutant:large-send-loses-its-newest
		drop(oldest, BatchTooLarge)
	}
	for d := q.length + seg.Len() - q.Capacity; d > 0; { //mutant:capacity-is-one-less
		oldest := q.take(d) //mutant:newest-is-dropped
		d -= oldest.Len()
		drop(oldest, QueueFull)
	}
	if seg.Len() > 0 {
		q.put(seg)
	}
}

// Pop removes the oldest alerts, at most max, and appends their segments to batch.
func (q *Queue[S]) Pop(max int, batch []Segment[S]) []Segment[S] {
	for max > 0 && q.length > 0 {
		seg := q.take(max)
		max -= seg.Len() //mutant:request-exceeds-the-batch-size
		batch = append(batch, seg)
	}
	return batch
}

// First returns the oldest segment, or nil if the queue is empty.
func (q *Queue[S]) First() *Segment[S] {
	if q.used == 0 {
		return nil
	}
	return &q.ring[q.head]
}

// Each calls f with every segment, oldest first.
func (q *Queue[S]) Each(f func(Segment[S])) {
	for i := range q.used {
		f(q.ring[(q.head+i)&(len(q.ring)-1)])
	}
}

// take removes and returns the oldest segment, or only its first max alerts if it is longer.
func (q *Queue[S]) take(max int) Segment[S] {
	first := &q.ring[q.head]
	seg := *first
	if seg.Len() > max {
		seg, *first = seg.split(max)
	} else {
		*first = Segment[S]{}
		q.head = (q.head + 1) & (len(q.ring) - 1)
		q.used--
	}
	q.length -= seg.Len()
	return seg
}

func (q *Queue[S]) put(seg Segment[S]) {
	if q.used == len(q.ring) {
		ring := make([]Segment[S], max(8, 2*len(q.ring)))
		n := copy(ring, q.ring[q.head:])
		copy(ring[n:], q.ring[:q.head])
		q.ring, q.head = ring, 0
	}
	q.ring[(q.head+q.used)&(len(q.ring)-1)] = seg
	q.used++
	q.length += seg.Len()
}
