package fakeam

import (
	"cmp"
	"slices"
)

// AlertStates holds what an Alertmanager knows about alerts. It follows the same rules as Store, but identifies an
// alert by the number of its label set. It also knows when each alert ends at its source, and reports where the
// Alertmanager differs: an alert resolved there that still fires at its source (a false resolve), or one that fires
// there after it has ended at its source.
//
// Times are nanoseconds since the start of the run and must not go back. The number of alerts is not limited. The zero
// value is an Alertmanager that started at 0 with default times. Neighbouring alerts in the same state are stored as
// one run, so the cost depends on the number of ranges rather than of alerts. In steady state nothing is allocated.
type AlertStates struct {
	// ResolveTimeout is how long after its arrival an alert without an end is resolved; 0 means DefaultResolveTimeout.
	ResolveTimeout int64
	// GCInterval is the time between garbage collections of resolved alerts; 0 means DefaultGCInterval.
	GCInterval int64

	// Counts are the counts since the start of the run.
	Counts AlertCounts

	started        int64 // time of the last start or restart
	lastGC, nextGC int64

	chunks           []chunk
	nextFalseResolve int64 // not later than that of any chunk; only valid if there is a chunk
	scratch          []run // memory for putParts
	changes          []Change
}

// Put stores alerts that arrive now and returns the resulting changes, in order. The list is valid until the next call.
// It includes those expiries of the label sets that Expire has not reported. Put does not change b; it takes a pointer
// because copying an AlertRange would double the cost.
func (e *AlertStates) Put(now int64, b *AlertRange) []Change {
	e.changes = e.changes[:0]
	if b.N <= 0 {
		return nil
	}
	end := b.First + b.N
	if end > len(e.chunks)*chunkSize {
		e.grow(end)
	}
	in := arrival{AlertRange: b, now: now, timeout: b.EndsAt == Never, lastGC: e.gcBefore(now)}
	if in.timeout {
		endless := *b
		in.AlertRange = &endless
		in.EndsAt = later(now, orDefault(e.ResolveTimeout, int64(DefaultResolveTimeout)))
	}
	for from := b.First; from < end; {
		c := &e.chunks[uint(from)/chunkSize]
		base := from &^ (chunkSize - 1)
		to := min(end, base+chunkSize)
		if r := c.find(from - base); r != nil && int(r.to) == to-base {
			e.put(&in, c, from, to-from, &r.state)
		} else {
			e.putParts(&in, c, base, from-base, to-base)
		}
		from = to
	}
	e.Counts.Received += int64(b.N)
	return e.changes
}

// Extend stores the alerts at the beginning of a range that are plain resends: the alert is firing and b has the same
// start and an end that is not earlier. It returns their number. They may have arrived at any time up to now: the
// result is the same as that of Put at those times, which would report no change.
func (e *AlertStates) Extend(now int64, b *AlertRange) int {
	from, end := b.First, b.First+b.N
	for from < end && from < len(e.chunks)*chunkSize && b.EndsAt != Never {
		c := &e.chunks[uint(from)/chunkSize]
		r := c.find(from & (chunkSize - 1))
		if r == nil || from+r.len() > end || !r.extend(now, b) {
			break
		}
		e.noteEnd(c, &r.state)
		from += r.len()
		c.mergeFound()
	}
	n := int64(from - b.First)
	e.Counts.Received += n
	e.Counts.Duplicates += n
	return int(n)
}

// Expire resolves the firing alerts whose end is at or before now. It returns the changes, sorted by time and then by
// number. The list is valid until the next call.
func (e *AlertStates) Expire(now int64) []Change {
	e.changes = e.changes[:0]
	e.nextFalseResolve = Never
	for number := range e.chunks {
		c := &e.chunks[number]
		if c.nextExpiry <= now || c.nextFalseResolve <= now {
			c.nextExpiry, c.nextFalseResolve = Never, Never
			for i := range c.runs {
				r := &c.runs[i]
				if r.firing && r.ends <= now {
					e.expire(number*chunkSize+int(r.from), r.len(), &r.state)
				}
				e.noteEnd(c, &r.state)
			}
		}
		e.nextFalseResolve = min(e.nextFalseResolve, c.nextFalseResolve)
	}
	slices.SortStableFunc(e.changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.First, b.First))
	})
	return e.changes
}

// NextExpiry returns a time before which no alert expires, or Never if none will. The time may be too early; then
// Expire changes nothing, and the next NextExpiry is later.
func (e *AlertStates) NextExpiry() int64 {
	next := Never
	for i := range e.chunks {
		next = min(next, e.chunks[i].nextExpiry)
	}
	return next
}

// NextFalseResolve is NextExpiry for those alerts that will still fire at their source when they expire.
func (e *AlertStates) NextFalseResolve() int64 {
	if len(e.chunks) == 0 {
		return Never
	}
	return e.nextFalseResolve
}

// EndAtSource records that the label sets first to first+n-1 end at their source at the time at. It is needed for
// ranges whose SourceEnd was Never. Call it before any later alert is stored or expires.
func (e *AlertStates) EndAtSource(at int64, first, n int) {
	for from := first; from < min(first+n, len(e.chunks)*chunkSize); {
		base := from / chunkSize * chunkSize
		to := min(first+n, base+chunkSize)
		c := &e.chunks[base/chunkSize]
		c.split(from - base)
		c.split(to - base)
		for i := range c.runs {
			if r := &c.runs[i]; int(r.from) >= from-base && int(r.to) <= to-base {
				r.sourceEnd = min(r.sourceEnd, at)
			}
		}
		from = to
	}
}

// Restart empties the store. No alert counts as resolved by that. A label set that was received before still counts as
// a duplicate when it is received again.
func (e *AlertStates) Restart(now int64) {
	e.started, e.nextGC, e.nextFalseResolve = now, now, Never
	for i := range e.chunks {
		c := &e.chunks[i]
		c.nextExpiry, c.nextFalseResolve = Never, Never
		for j := range c.runs {
			c.runs[j].stored, c.runs[j].firing = false, false
		}
	}
	e.Counts.Firing = 0
}

// IsFiring reports whether the alert with label set number i fires now.
func (e *AlertStates) IsFiring(now int64, i int) bool {
	s := e.state(i)
	return s.firing && s.ends > now
}

// gcBefore returns the time of the last garbage collection up to now, or a time before the start if there was none.
func (e *AlertStates) gcBefore(now int64) int64 {
	if now >= e.nextGC {
		interval := orDefault(e.GCInterval, int64(DefaultGCInterval))
		e.lastGC = e.started - 1
		if now-e.started >= interval {
			e.lastGC = now - (now-e.started)%interval
		}
		e.nextGC = later(now, interval-(now-e.started)%interval)
	}
	return e.lastGC
}

func orDefault(x, otherwise int64) int64 {
	if x <= 0 {
		return otherwise
	}
	return x
}
