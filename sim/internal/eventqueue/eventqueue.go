// Package eventqueue keeps future events in the order in which they happen. An entry is any value with an instant, a
// class and a position. The class orders the entries of one instant, the position those of one class.
//
// The order is total and depends on nothing but the calls of Add. The package knows nothing of alerts, has no clock and
// starts no goroutine.
//
// The package is internal to sim: it promises nothing to others.
package eventqueue

import "iter"

// A Class orders the entries of one instant, the lowest first; it is at most 15.
type Class uint8

// An Entry is a value and its place in the order, which is given by time, class, position and then the order of the
// calls of Add.
type Entry[T any] struct {
	// At is the instant, in nanoseconds from the start of the run.
	At   int64
	rank uint64
	// Value is what happens.
	Value T
}

// Precedes reports whether e comes before an entry with this instant and rank.
func (e *Entry[T]) Precedes(at int64, rank uint64) bool {
	return e.At < at || e.At == at && e.rank < rank
}

// Class returns the class that e was added with.
func (e *Entry[T]) Class() Class { return Class(e.rank >> 60) }

func (e *Entry[T]) before(o *Entry[T]) bool { return e.Precedes(o.At, o.rank) }

// A Queue holds entries. It keeps the next few in a sorted list and the others in a heap, because nearly all entries
// that are added are due soon, and a short sorted list is faster than any heap. The zero Queue is empty and ready.
type Queue[T any] struct {
	// soon is sorted in descending order, so its last used element is due first; all its entries come before those in
	// later. Only the first nSoon elements are used.
	soon  [maxSoon]Entry[T]
	nSoon uint
	later []Entry[T] // a binary heap
	seq   uint32
}

// maxSoon is how many entries are kept in the sorted list.
const maxSoon = 16

// Add adds a value that is due at an instant. position must be below 1<<28.
func (q *Queue[T]) Add(at int64, c Class, position int, value T) {
	q.seq++
	rank := Rank(c, position, q.seq)
	if q.nSoon == maxSoon || len(q.later) > 0 {
		if !q.makeRoom(at, rank) {
			q.push(Entry[T]{at, rank, value})
			return
		}
	}
	i := q.nSoon
	for ; i > 0 && q.soon[(i-1)%maxSoon].Precedes(at, rank); i-- { // the remainder avoids a bounds check
		q.soon[i%maxSoon] = q.soon[(i-1)%maxSoon]
	}
	q.soon[i%maxSoon] = Entry[T]{at, rank, value}
	q.nSoon++
}

// Rank returns the order of an entry among the entries of its instant. seq is the number of the call of Add.
func Rank(c Class, position int, seq uint32) uint64 {
	return uint64(c)<<60 | uint64(position)&(1<<28-1)<<32 | uint64(seq)
}

// Next removes and returns the first entry.
func (q *Queue[T]) Next() Entry[T] {
	if q.nSoon == 0 {
		return q.pop()
	}
	q.nSoon--
	return q.soon[q.nSoon]
}

// First returns the first entry without removing it.
func (q *Queue[T]) First() *Entry[T] {
	if q.nSoon == 0 {
		return &q.later[0]
	}
	return &q.soon[q.nSoon-1]
}

// Len returns the number of entries.
func (q *Queue[T]) Len() int { return int(q.nSoon) + len(q.later) }

// All yields every entry, in no particular order.
func (q *Queue[T]) All() iter.Seq[*Entry[T]] {
	return func(yield func(*Entry[T]) bool) {
		for i := range q.soon[:q.nSoon] {
			if !yield(&q.soon[i]) {
				return
			}
		}
		for i := range q.later {
			if !yield(&q.later[i]) {
				return
			}
		}
	}
}

// makeRoom makes room in soon for an entry and returns true, unless the entry comes after the first one of later.
func (q *Queue[T]) makeRoom(at int64, rank uint64) bool {
	if len(q.later) > 0 && q.later[0].Precedes(at, rank) {
		return false
	}
	if q.nSoon == maxSoon { // move the half that is due later to the heap
		for _, e := range q.soon[:maxSoon/2] {
			q.push(e)
		}
		q.nSoon = uint(copy(q.soon[:], q.soon[maxSoon/2:]))
		return q.makeRoom(at, rank)
	}
	return true
}

// push adds an entry to the heap.
func (q *Queue[T]) push(e Entry[T]) {
	q.later = append(q.later, e)
	h := q.later
	i := len(h) - 1
	for i > 0 {
		parent := (i - 1) / 2
		if !e.before(&h[parent]) {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = e
}

// pop removes and returns the first entry of the heap.
func (q *Queue[T]) pop() Entry[T] {
	h := q.later
	first := h[0]
	n := len(h) - 1
	last := h[n]
	h[n] = Entry[T]{}
	h = h[:n]
	q.later = h
	if n == 0 {
		return first
	}
	i := 0
	for {
		child := 2*i + 1
		if child >= n {
			break
		}
		if r := child + 1; r < n && h[r].before(&h[child]) {
			child = r
		}
		if !h[child].before(&last) {
			break
		}
		h[i] = h[child]
		i = child
	}
	h[i] = last
	return first
}
