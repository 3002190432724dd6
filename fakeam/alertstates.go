package fakeam

import (
	"cmp"
	"slices"
)

// AlertStates holds what an Alertmanager knows of alerts, by the rules of Store, for alerts that are known by the
// number of their label set. It is also given when each alert ends at its source, and reports where the Alertmanager
// differs: it resolves an alert that still fires at its source (a false resolve), or fires one that ended there.
//
// Times are in nanoseconds since the start of the run and must not go back. The number of alerts has no limit. The zero
// value is an Alertmanager that started at 0 with the default times. Neighbours in the same state are kept as one run,
// so the cost depends on the number of ranges and not on that of alerts. In steady state nothing is allocated.
type AlertStates struct {
	// ResolveTimeout is the time from the arrival of an alert without an end to its end; 0 is DefaultResolveTimeout.
	ResolveTimeout int64
	// GCInterval is the time between garbage collections of resolved alerts; 0 is DefaultGCInterval.
	GCInterval int64

	// Counts are the counts so far.
	Counts AlertCounts

	started        int64 // the last start or restart
	lastGC, nextGC int64

	chunks           []chunk
	nextFalseResolve int64 // at most that of every chunk; valid once there is a chunk
	scratch          []run // of putParts
	changes          []Change
}

// Put stores alerts that arrive now and returns what changes, in order. The list is valid until the next call. It
// includes the expiries of these label sets that Expire has not reported yet. Put does not change b, which is passed
// by reference because a copy costs as much as the rest.
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

// Extend stores the first alerts of a range that are resends: each is firing, with the same start and an end that is no
// later. It returns how many these are. They may have arrived at any times up to now: the result is that of Put at
// those times, which would report no change.
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

// Expire resolves the firing alerts whose end is not after now, and returns what changes, sorted by time and number.
// The list is valid until the next call.
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

// NextExpiry returns a time before which no alert expires, Never if none will. It may be too early: then Expire changes
// nothing, and NextExpiry returns a later time.
func (e *AlertStates) NextExpiry() int64 {
	next := Never
	for i := range e.chunks {
		next = min(next, e.chunks[i].nextExpiry)
	}
	return next
}

// NextFalseResolve is NextExpiry for the alerts that still fire at their source when they expire.
func (e *AlertStates) NextFalseResolve() int64 {
	if len(e.chunks) == 0 {
		return Never
	}
	return e.nextFalseResolve
}

// EndAtSource records that the label sets first to first+n-1 end at their source at this time, for ranges whose
// SourceEnd was Never. Call it before anything later is stored or expires.
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

// Restart empties the store, which resolves no alert. A label set that was received before is still a duplicate when
// it is received again.
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

// IsFiring reports whether label set i is firing now.
func (e *AlertStates) IsFiring(now int64, i int) bool {
	s := e.state(i)
	return s.firing && s.ends > now
}

// gcBefore returns the time of the last garbage collection, or a time before the start if there was none.
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
