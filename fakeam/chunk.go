package fakeam

import "slices"

// chunkSize is the number of consecutive label sets in a chunk. It is a power of two.
const chunkSize = 256

// A chunk holds the states of its label sets as runs of equal states (run-length encoding), sorted by number. A label
// set in no run was never received.
type chunk struct {
	runs []run
	// nextExpiry and nextFalseResolve are times before which no alert of the chunk expires or is falsely resolved.
	nextExpiry, nextFalseResolve int64
	// joinAbove is the number of runs from which on equal neighbours are joined; minJoin applies if it is lower.
	joinAbove int
	// next is the index after the last run that find returned, which is usually the run that is looked up next.
	next int
}

// minJoin is the number of runs up to which searching is faster than joining runs and splitting them again for each
// batch.
const minJoin = 16

// A run is the label sets from to to-1 of a chunk, counted from its first. They have the same state.
type run struct {
	from, to uint16
	state
}

func (r *run) len() int { return int(r.to - r.from) }

// find returns the run that begins at from, or nil.
func (c *chunk) find(from int) *run {
	next := c.next
	if next >= len(c.runs) {
		next = 0
	}
	if next < len(c.runs) {
		if r := &c.runs[next]; int(r.from) == from {
			c.next = next + 1
			return r
		}
	}
	return c.search(from)
}

// search finds the run that begins at from by binary search, or returns nil.
func (c *chunk) search(from int) *run {
	low, high := 0, len(c.runs)
	for low < high {
		if mid := (low + high) / 2; int(c.runs[mid].from) < from {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low < len(c.runs) && int(c.runs[low].from) == from {
		c.next = low + 1
		return &c.runs[low]
	}
	return nil
}

// mergeFound merges the last run that find returned into the run before it, if they are adjacent and have equal states.
func (c *chunk) mergeFound() {
	i := c.next - 1
	if i == 0 || c.runs[i-1].to != c.runs[i].from || c.runs[i-1].state != c.runs[i].state {
		return
	}
	c.runs[i-1].to = c.runs[i].to
	c.runs = slices.Delete(c.runs, i, i+1)
	c.next = i
}

// putParts stores the alerts from to to-1 of a chunk, counted from base, which are not exactly one run.
func (e *AlertStates) putParts(in *arrival, c *chunk, base, from, to int) {
	runs := e.scratch[:0]
	firstNew := 0 // index of the first run that belongs to in; only those are joined here
	put := func(from, to int, s state) {
		if from < to {
			e.put(in, c, base+from, to-from, &s)
			if last := len(runs) - 1; firstNew <= last && runs[last].state == s {
				runs[last].to = uint16(to)
				return
			}
			runs = append(runs, run{uint16(from), uint16(to), s})
		}
	}
	done := from // the alerts before this number are stored
	for _, r := range c.runs {
		begin, end := int(r.from), int(r.to)
		if end <= from {
			runs = append(runs, r)
			firstNew = len(runs)
			continue
		}
		if begin < from {
			runs = append(runs, run{r.from, uint16(from), r.state})
			firstNew = len(runs)
			begin = from
		}
		put(done, min(begin, to), state{})
		done = max(done, min(begin, to))
		if begin < to {
			done = min(end, to)
			put(begin, done, r.state)
			begin = done
		}
		if begin < end {
			runs = append(runs, run{uint16(begin), r.to, r.state})
		}
	}
	put(done, to, state{})
	e.scratch = runs
	c.runs = append(c.runs[:0], c.join(runs)...)
}

// join joins adjacent runs with equal states, but only if there are many runs.
func (c *chunk) join(runs []run) []run {
	if len(runs) <= max(c.joinAbove, minJoin) {
		return runs
	}
	n := 1
	for _, r := range runs[1:] {
		if last := &runs[n-1]; last.to == r.from && last.state == r.state {
			last.to = r.to
			continue
		}
		runs[n] = r
		n++
	}
	c.joinAbove = 2 * n
	return runs[:n]
}

// split splits the run that contains both at-1 and at, if there is such a run.
func (c *chunk) split(at int) {
	for i := range c.runs {
		if r := c.runs[i]; int(r.from) < at && at < int(r.to) {
			c.runs[i].to = uint16(at)
			r.from = uint16(at)
			c.runs = slices.Insert(c.runs, i+1, r)
			return
		}
	}
}

// state returns the state of label set number i.
func (e *AlertStates) state(i int) state {
	if i < 0 || i/chunkSize >= len(e.chunks) {
		return state{}
	}
	place := i % chunkSize
	for _, r := range e.chunks[i/chunkSize].runs {
		if int(r.from) <= place && place < int(r.to) {
			return r.state
		}
	}
	return state{}
}

// grow appends the chunks needed for n label sets.
func (e *AlertStates) grow(n int) {
	if len(e.chunks) == 0 {
		e.nextFalseResolve = Never
	}
	for len(e.chunks)*chunkSize < n {
		e.chunks = append(e.chunks, chunk{nextExpiry: Never, nextFalseResolve: Never})
	}
}
