package fakeam

import "slices"

// chunkSize label sets with consecutive numbers are a chunk. It is a power of two.
const chunkSize = 256

// A chunk is what is remembered of its label sets, as runs of alike ones, in order. What is in no run was never taken.
type chunk struct {
	runs []run
	// Nothing expires before due, and nothing before lapse that still fires at the source.
	due, lapse int64
	// fits is how many runs may be there before alike neighbours are joined; 0 stands for fewRuns.
	fits int
	// next is the run behind the one that was found last: mostly it is what is looked for next.
	next int
}

// fewRuns are quick to look through: joining and cutting them again at every batch costs more.
const fewRuns = 16

// A run is the label sets from to to-1 of a chunk, of which the same is remembered.
type run struct {
	from, to uint16
	slot
}

func (r *run) len() int { return int(r.to - r.from) }

// find returns the run that begins at a place of the chunk, or nil.
func (c *chunk) find(place int) *run {
	next := c.next
	if next >= len(c.runs) {
		next = 0
	}
	if next < len(c.runs) {
		if r := &c.runs[next]; int(r.from) == place {
			c.next = next + 1
			return r
		}
	}
	return c.search(place)
}

// merge makes one run of the one that was found last and the one before it, if they are alike.
func (c *chunk) merge() {
	i := c.next - 1
	if i == 0 || c.runs[i-1].to != c.runs[i].from || c.runs[i-1].slot != c.runs[i].slot {
		return
	}
	c.runs[i-1].to = c.runs[i].to
	c.runs = slices.Delete(c.runs, i, i+1)
	c.next = i
}

func (c *chunk) search(place int) *run {
	low, high := 0, len(c.runs)
	for low < high {
		if mid := (low + high) / 2; int(c.runs[mid].from) < place {
			low = mid + 1
		} else {
			high = mid
		}
	}
	if low < len(c.runs) && int(c.runs[low].from) == place {
		c.next = low + 1
		return &c.runs[low]
	}
	return nil
}

// cut takes the part of a batch that falls on the places from to to-1 of a chunk, whose runs end elsewhere.
func (e *AlertStates) cut(t *taking, c *chunk, base, from, to int) {
	runs := e.cutting[:0]
	first := 0 // of the batch's own: what is taken together and is alike then is one
	take := func(from, to int, s slot) {
		if from < to {
			e.take(t, c, base+from, to-from, &s)
			if last := len(runs) - 1; first <= last && runs[last].slot == s {
				runs[last].to = uint16(to)
				return
			}
			runs = append(runs, run{uint16(from), uint16(to), s})
		}
	}
	at := from // taken up to here
	for _, r := range c.runs {
		begin, end := int(r.from), int(r.to)
		if end <= from {
			runs = append(runs, r)
			first = len(runs)
			continue
		}
		if begin < from {
			runs = append(runs, run{r.from, uint16(from), r.slot})
			first = len(runs)
			begin = from
		}
		take(at, min(begin, to), slot{})
		at = max(at, min(begin, to))
		if begin < to {
			at = min(end, to)
			take(begin, at, r.slot)
			begin = at
		}
		if begin < end {
			runs = append(runs, run{uint16(begin), r.to, r.slot})
		}
	}
	take(at, to, slot{})
	e.cutting = runs
	c.runs = append(c.runs[:0], c.join(runs)...)
}

// join joins alike neighbours if the runs are many.
func (c *chunk) join(runs []run) []run {
	if len(runs) <= max(c.fits, fewRuns) {
		return runs
	}
	n := 1
	for _, r := range runs[1:] {
		if last := &runs[n-1]; last.to == r.from && last.slot == r.slot {
			last.to = r.to
			continue
		}
		runs[n] = r
		n++
	}
	c.fits = 2 * n
	return runs[:n]
}

// split makes a run end at a place, if one reaches over it.
func (c *chunk) split(place int) {
	for i := range c.runs {
		if r := c.runs[i]; int(r.from) < place && place < int(r.to) {
			c.runs[i].to = uint16(place)
			r.from = uint16(place)
			c.runs = slices.Insert(c.runs, i+1, r)
			return
		}
	}
}

// slot returns what is remembered of label set i.
func (e *AlertStates) slot(i int) slot {
	if i < 0 || i/chunkSize >= len(e.chunks) {
		return slot{}
	}
	for _, r := range e.chunks[i/chunkSize].runs {
		if place := i % chunkSize; int(r.from) <= place && place < int(r.to) {
			return r.slot
		}
	}
	return slot{}
}

// reach makes the chunks of n label sets exist.
func (e *AlertStates) reach(n int) {
	if len(e.chunks) == 0 {
		e.lapse = Never
	}
	for len(e.chunks)*chunkSize < n {
		e.chunks = append(e.chunks, chunk{due: Never, lapse: Never})
	}
}
