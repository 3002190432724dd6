package fakeam

import (
	"cmp"
	"slices"
)

// AlertStates is what an Alertmanager remembers of alerts known by the number of their label set, as Store is of posted ones,
// and what it gets wrong: it is told when each alert ends at its source, and compares. Times are int64 nanoseconds since
// the start of the run, and must not go back. It follows the rule of Store; it has no limits.
// The zero value is an Alertmanager started at 0 with the default times. Neighbours that were always taken together are
// remembered as one, so the cost follows the batches and not the alerts. In steady state nothing is allocated.
type AlertStates struct {
	// ResolveTimeout is the life, in nanoseconds, of alerts without an end; 0 is DefaultResolveTimeout.
	ResolveTimeout int64
	// GCInterval is how often resolved alerts are forgotten; 0 is DefaultGCInterval.
	GCInterval int64

	// Counts so far.
	Counts AlertCounts

	started int64 // when it started, or started again
	// The last garbage collection was at collected, and the next is at collects.
	collected, collects int64

	chunks  []chunk
	lapse   int64 // nothing lapses before, once there is a chunk
	cutting []run // for cut
	changes []Change
}

// A slot is what is remembered of a label set.
type slot struct {
	starts, ends int64
	until        int64 // when it is over at the source
	changed      int64 // when the alert was last taken
	seen, firing bool  // firing is as of the last Take or Expire
	fired        bool  // since the last restart
	timeout      bool
	stored       bool // since the last restart
}

// Take takes a batch at now and returns what changed, in order; the list is valid until the next call.
// Expiries of these label sets that were not reported yet come with it. b stays as it is: a copy would cost as much as the rest.
func (e *AlertStates) Put(now int64, b *AlertRange) []Change {
	e.changes = e.changes[:0]
	if b.N <= 0 {
		return nil
	}
	end := b.First + b.N
	if end > len(e.chunks)*chunkSize {
		e.reach(end)
	}
	t := taking{AlertRange: b, now: now, timeout: b.EndsAt == Never, collection: e.collection(now)}
	if t.timeout {
		endless := *b
		t.AlertRange = &endless
		t.EndsAt = later(now, orDefault(e.ResolveTimeout, int64(DefaultResolveTimeout)))
	}
	for from := b.First; from < end; {
		c := &e.chunks[uint(from)/chunkSize]
		base := from &^ (chunkSize - 1)
		to := min(end, base+chunkSize)
		if r := c.find(from - base); r != nil && int(r.to) == to-base {
			e.take(&t, c, from, to-from, &r.slot)
		} else {
			e.cut(&t, c, base, from-base, to-base)
		}
		from = to
	}
	e.Counts.Received += int64(b.N)
	return e.changes
}

// Extend takes the first alerts of a batch, and returns how many: those that fire until after now and are told to for longer, of the
// same start. It comes to the same as if each of them were taken at any time up to now, and changes nothing.
func (e *AlertStates) Extend(now int64, b *AlertRange) int {
	from, end := b.First, b.First+b.N
	for from < end && from < len(e.chunks)*chunkSize && b.EndsAt != Never {
		c := &e.chunks[uint(from)/chunkSize]
		r := c.find(from & (chunkSize - 1))
		if r == nil || from+r.len() > end || !r.extend(now, b) {
			break
		}
		e.watch(c, &r.slot)
		from += r.len()
		c.merge()
	}
	n := int64(from - b.First)
	e.Counts.Received += n
	e.Counts.Duplicates += n
	return int(n)
}

// extend is the usual case of a label set that is taken: it fires, and is told to for longer, of the same start. Since it fires, nobody
// will ask whether it was changed before some garbage collection.
func (s *slot) extend(now int64, b *AlertRange) bool {
	if !s.firing || s.starts != b.StartsAt || s.ends > b.EndsAt || now >= s.ends {
		return false
	}
	s.ends, s.until, s.changed, s.timeout = b.EndsAt, max(s.until, b.SourceEnd), now, false
	return true
}

// A taking is a batch that is being taken.
type taking struct {
	*AlertRange
	now, collection int64
	timeout         bool
}

// take takes n alerts from number i on of which s is remembered.
func (e *AlertStates) take(t *taking, c *chunk, i, n int, s *slot) {
	if s.seen {
		e.Counts.Duplicates += int64(n)
	} else {
		e.Counts.Unique += int64(n)
	}
	if s.extend(t.now, t.AlertRange) {
		s.timeout = t.timeout
		e.watch(c, s)
		return
	}
	if s.firing && s.ends <= t.now {
		e.expire(i, n, s)
	}
	next := slot{starts: t.StartsAt, ends: t.EndsAt, until: t.SourceEnd, changed: t.now, timeout: t.timeout, seen: true, stored: true}
	if s.seen {
		next.until = max(s.until, t.SourceEnd)
	}
	// What the last garbage collection found resolved is not there any more.
	if s.stored && !(s.ends <= t.collection && s.changed < t.collection) {
		k := overlapOfSlots(s, &next, t.now).merge()
		if k.start {
			next.starts = s.starts
		}
		if k.end {
			next.ends = s.ends
		}
	}
	next.firing = next.ends > t.now
	next.fired = next.firing || s.stored && s.fired
	e.judge(t, i, n, s, &next)
	*s = next
	e.watch(c, s)
}

// watch keeps the times at which something of the chunk must be looked at.
func (e *AlertStates) watch(c *chunk, s *slot) {
	if !s.firing {
		return
	}
	c.due = min(c.due, s.ends)
	if s.ends < s.until {
		c.lapse = min(c.lapse, s.ends)
		e.lapse = min(e.lapse, s.ends)
	}
}

// judge reports what the change from old to next is.
func (e *AlertStates) judge(t *taking, i, n int, old, next *slot) {
	if !t.Resolved && t.IsResolved(t.now) {
		e.change(t.now, Late, i, n)
	}
	switch {
	case old.firing == next.firing:
	case old.firing && t.now < next.until:
		e.change(t.now, FalselyResolves, i, n)
	case old.firing:
		e.change(t.now, Resolves, i, n)
	case !old.stored || !old.fired || t.StartsAt >= old.ends:
		e.change(t.now, Fires, i, n)
	case t.now < next.until:
		e.change(t.now, Refires, i, n)
	default:
		e.change(t.now, Resurrects, i, n)
	}
}

// overlapOfSlots compares as overlapOf does. Times do not go back, so the incoming alert is never the older.
func overlapOfSlots(old, next *slot, now int64) *overlap {
	return &overlap{
		endsAfterStart:    next.ends > old.starts,
		endsBeforeEnd:     next.ends < old.ends,
		endsAfterEnd:      next.ends > old.ends,
		startsAfterStart:  next.starts > old.starts,
		startsBeforeStart: next.starts < old.starts,
		startsBeforeEnd:   next.starts < old.ends,
		resolved:          next.ends <= now,
		oldResolved:       old.ends <= now,
		timeout:           next.timeout,
		oldTimeout:        old.timeout,
	}
}

// collection returns the time of the last garbage collection, or one before the start before the first.
func (e *AlertStates) collection(now int64) int64 {
	if now >= e.collects {
		interval := orDefault(e.GCInterval, int64(DefaultGCInterval))
		e.collected = e.started - 1
		if now-e.started >= interval {
			e.collected = now - (now-e.started)%interval
		}
		e.collects = later(now, interval-(now-e.started)%interval)
	}
	return e.collected
}

// expire ends n label sets from number i on, of which s is remembered, at their own end.
func (e *AlertStates) expire(i, n int, s *slot) {
	s.firing = false
	if s.ends < s.until {
		e.change(s.ends, FalselyResolves, i, n)
	} else {
		e.change(s.ends, Resolves, i, n)
	}
}

// Due returns a time before which nothing expires: call Expire then, to learn of every expiry when it happens.
// It may be too early, when Expire will find nothing and Due returns a later time.
func (e *AlertStates) NextExpiry() int64 {
	due := Never
	for i := range e.chunks {
		due = min(due, e.chunks[i].due)
	}
	return due
}

// Lapses is Due for the false resolves alone: a time before which nothing expires that still fires at the source.
func (e *AlertStates) NextFalseResolve() int64 {
	if len(e.chunks) == 0 {
		return Never
	}
	return e.lapse
}

// Expire ends what fires and has come to its end by now, and returns what changed, sorted by time and number;
// the list is valid until the next call.
func (e *AlertStates) Expire(now int64) []Change {
	e.changes = e.changes[:0]
	e.lapse = Never
	for number := range e.chunks {
		c := &e.chunks[number]
		if c.due <= now || c.lapse <= now {
			c.due, c.lapse = Never, Never
			for i := range c.runs {
				r := &c.runs[i]
				if r.firing && r.ends <= now {
					e.expire(number*chunkSize+int(r.from), r.len(), &r.slot)
				}
				e.watch(c, &r.slot)
			}
		}
		e.lapse = min(e.lapse, c.lapse)
	}
	slices.SortStableFunc(e.changes, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.First, b.First))
	})
	return e.changes
}

// Ends says that the label sets first, …, first+n-1 are over at the source at this time, for batches whose SourceEnd was
// Never. Call it before anything later is taken or expires.
func (e *AlertStates) EndAtSource(at int64, first, n int) {
	for from := first; from < min(first+n, len(e.chunks)*chunkSize); {
		base := from / chunkSize * chunkSize
		to := min(first+n, base+chunkSize)
		c := &e.chunks[base/chunkSize]
		c.split(from - base)
		c.split(to - base)
		for i := range c.runs {
			if r := &c.runs[i]; int(r.from) >= from-base && int(r.to) <= to-base {
				r.until = min(r.until, at)
			}
		}
		from = to
	}
}

// Restart is a restart without a saved state: no alert is stored any more, and none is resolved by that.
// What was taken before stays taken: it is a duplicate when it comes again.
func (e *AlertStates) Restart(now int64) {
	e.started, e.collects, e.lapse = now, now, Never
	for i := range e.chunks {
		c := &e.chunks[i]
		c.due, c.lapse = Never, Never
		for j := range c.runs {
			c.runs[j].stored, c.runs[j].firing = false, false
		}
	}
	e.Counts.Firing = 0
}

// Fires reports whether label set i fires at now.
func (e *AlertStates) IsFiring(now int64, i int) bool {
	s := e.slot(i)
	return s.firing && s.ends > now
}

func orDefault(x, otherwise int64) int64 {
	if x <= 0 {
		return otherwise
	}
	return x
}
