package sim

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

func (e *entry) before(o *entry) bool { return e.at < o.at || e.at == o.at && e.rank < o.rank }

// An agenda is what is still to happen, a binary heap. The zero agenda is empty.
type agenda struct {
	heap []entry
	seq  uint32
}

// add plans what at the instant at. Position orders actions of one class: the place in the file, or an Alertmanager's rank.
func (a *agenda) add(at int64, c class, position int, what action) {
	a.seq++
	e := entry{at, uint64(c)<<60 | uint64(position)&(1<<28-1)<<32 | uint64(a.seq), what}
	a.heap = append(a.heap, e)
	h := a.heap
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

// next removes and returns the first entry.
func (a *agenda) next() entry {
	h := a.heap
	first := h[0]
	n := len(h) - 1
	last := h[n]
	h[n].what = nil
	a.heap = h[:n]
	if n == 0 {
		return first
	}
	h = h[:n]
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

func (a *agenda) empty() bool { return len(a.heap) == 0 }
