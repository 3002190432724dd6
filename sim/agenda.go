package sim

import "iter"

// A class orders what happens at one instant.
type class uint8

const (
	classExpiry class = iota
	classFault
	classTargets
	classReload
	classAnswer
	classSend
	classScrape
	classExpectation
	classEnd
)

// An action is something that happens at an instant of virtual time.
type action interface{ act(*run) }

// An entry is an action and its place in the order of all actions: time, class, position, then order of entry.
type entry struct {
	at   int64
	rank uint64
	what action
}

func (e *entry) before(o *entry) bool { return e.precedes(o.at, o.rank) }

// precedes is before for a place in the order.
func (e *entry) precedes(at int64, rank uint64) bool { return e.at < at || e.at == at && e.rank < rank }

func (e *entry) class() class { return class(e.rank >> 60) }

// An agenda is what is still to happen. What is soon is kept in order and the rest in a heap: nearly all that is planned happens
// soon after, and an ordered list of a few is faster than any heap. The zero agenda is empty.
type agenda struct {
	// soon is in order, the first last; all of it comes before all of later. What is behind the first nSoon is over.
	soon  [maxSoon]entry
	nSoon uint
	later []entry // a binary heap
	seq   uint32
}

// maxSoon is how many entries are kept in order.
const maxSoon = 16

// add plans what at the instant at. Position orders actions of one class: the place in the file, or an Alertmanager's rank.
func (a *agenda) add(at int64, c class, position int, what action) {
	a.seq++
	rank := rankOf(c, position, a.seq)
	if a.nSoon == maxSoon || len(a.later) > 0 {
		if !a.makeRoom(at, rank) {
			a.push(entry{at, rank, what})
			return
		}
	}
	i := a.nSoon
	for ; i > 0 && a.soon[(i-1)%maxSoon].precedes(at, rank); i-- { // the remainder spares a check of bounds
		a.soon[i%maxSoon] = a.soon[(i-1)%maxSoon]
	}
	a.soon[i%maxSoon] = entry{at, rank, what}
	a.nSoon++
}

// rankOf is the order of entries of one instant.
func rankOf(c class, position int, seq uint32) uint64 {
	return uint64(c)<<60 | uint64(position)&(1<<28-1)<<32 | uint64(seq)
}

// next removes and returns the first entry.
func (a *agenda) next() entry {
	if a.nSoon == 0 {
		return a.pop()
	}
	a.nSoon--
	return a.soon[a.nSoon]
}

// first returns the first entry, which stays.
func (a *agenda) first() *entry {
	if a.nSoon == 0 {
		return &a.later[0]
	}
	return &a.soon[a.nSoon-1]
}

func (a *agenda) len() int { return int(a.nSoon) + len(a.later) }

// all returns every entry, in no order.
func (a *agenda) all() iter.Seq[*entry] {
	return func(yield func(*entry) bool) {
		for i := range a.soon[:a.nSoon] {
			if !yield(&a.soon[i]) {
				return
			}
		}
		for i := range a.later {
			if !yield(&a.later[i]) {
				return
			}
		}
	}
}

// makeRoom makes room for an entry among what is soon, unless it comes after some of the rest.
func (a *agenda) makeRoom(at int64, rank uint64) bool {
	if len(a.later) > 0 && a.later[0].precedes(at, rank) {
		return false
	}
	if a.nSoon == maxSoon { // the later half goes to the rest
		for _, e := range a.soon[:maxSoon/2] {
			a.push(e)
		}
		a.nSoon = uint(copy(a.soon[:], a.soon[maxSoon/2:]))
		return a.makeRoom(at, rank)
	}
	return true
}

// push adds an entry to the heap.
func (a *agenda) push(e entry) {
	a.later = append(a.later, e)
	h := a.later
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
func (a *agenda) pop() entry {
	h := a.later
	first := h[0]
	n := len(h) - 1
	last := h[n]
	h[n].what = nil
	h = h[:n]
	a.later = h
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
