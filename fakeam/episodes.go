package fakeam

import "slices"

// Episodes is what an Alertmanager remembers of alerts known by the number of their label set, as Store is of posted ones,
// and what it gets wrong: it is told when each alert ends at its source, and compares. Times are int64 nanoseconds since
// the start of the run, and must not go back. It follows the rule of Store; it has no limits.
// The zero value is an Alertmanager started at 0 with the default times. In steady state nothing is allocated;
// a number takes 48 bytes.
type Episodes struct {
	// ResolveTimeout is the life, in nanoseconds, of alerts without an end; 0 is DefaultResolveTimeout.
	ResolveTimeout int64
	// GCInterval is how often resolved alerts are forgotten; 0 is DefaultGCInterval.
	GCInterval int64

	// Counts so far.
	Counts EpisodeCounts

	started int64 // when it started, or started again
	slots   []slot
	due     []int64 // of each block of slots: nothing in it expires before
	changes []Change
}

// A slot is what is remembered of one label set.
type slot struct {
	starts, ends int64
	until        int64 // when it is over at the source
	changed      int64 // when the alert was last taken
	seen, firing bool  // firing is as of the last Take or Expire
	timeout      bool
	stored       bool // since the last restart
}

// blockSize label sets share an entry of due.
const blockSize = 64

// Take takes a batch at now and returns what changed, in order; the list is valid until the next call.
// Expiries of these label sets that were not reported yet come with it.
func (e *Episodes) Take(now int64, b Batch) []Change {
	e.changes = e.changes[:0]
	if b.N <= 0 {
		return nil
	}
	e.reach(b.First + b.N)
	timeout := b.EndsAt == Never
	if timeout {
		b.EndsAt = later(now, orDefault(e.ResolveTimeout, int64(DefaultResolveTimeout)))
	}
	collection := e.collection(now)
	for from := b.First; from < b.First+b.N; {
		block := from / blockSize
		to := min(b.First+b.N, (block+1)*blockSize)
		if b.EndsAt > now {
			e.due[block] = min(e.due[block], b.EndsAt)
		}
		for i := from; i < to; i++ {
			e.take(now, i, &b, timeout, collection)
		}
		from = to
	}
	e.Counts.Taken += int64(b.N)
	return e.changes
}

func (e *Episodes) take(now int64, i int, b *Batch, timeout bool, collection int64) {
	s := &e.slots[i]
	// The usual case first: it fires, and is told to for longer, of the same start.
	if s.firing && s.starts == b.StartsAt && s.ends <= b.EndsAt && now < s.ends && now < b.EndsAt {
		s.ends, s.until, s.changed, s.timeout = b.EndsAt, max(s.until, b.Until), now, timeout
		e.Counts.Duplicates++
		return
	}
	if s.seen {
		e.Counts.Duplicates++
	} else {
		e.Counts.Unique++
	}
	if s.firing && s.ends <= now {
		e.expire(i, s)
	}
	next := slot{starts: b.StartsAt, ends: b.EndsAt, until: b.Until, changed: now, timeout: timeout, seen: true, stored: true}
	if s.seen {
		next.until = max(s.until, b.Until)
	}
	// What the last garbage collection found resolved is not there any more.
	if s.stored && !(s.ends <= collection && s.changed < collection) {
		k := overlapOfSlots(s, &next, now).merge()
		if k.start {
			next.starts = s.starts
		}
		if k.end {
			next.ends = s.ends
		}
	}
	next.firing = next.ends > now
	e.judge(now, i, s, &next, b)
	*s = next
}

// judge reports what the change from old to next is.
func (e *Episodes) judge(now int64, i int, old, next *slot, b *Batch) {
	if !b.Resolved && b.EndsAt <= now {
		e.change(now, Late, i)
	}
	switch {
	case old.firing == next.firing:
	case old.firing && now < next.until:
		e.change(now, FalselyResolves, i)
	case old.firing:
		e.change(now, Resolves, i)
	case !old.stored || b.StartsAt >= old.ends:
		e.change(now, Fires, i)
	case now < next.until:
		e.change(now, Refires, i)
	default:
		e.change(now, Resurrects, i)
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

// collection returns the time of the last garbage collection, or started-1 before the first.
func (e *Episodes) collection(now int64) int64 {
	interval := orDefault(e.GCInterval, int64(DefaultGCInterval))
	if now-e.started < interval {
		return e.started - 1
	}
	return now - (now-e.started)%interval
}

// expire ends a slot that fires at its own end.
func (e *Episodes) expire(i int, s *slot) {
	s.firing = false
	if s.ends < s.until {
		e.change(s.ends, FalselyResolves, i)
	} else {
		e.change(s.ends, Resolves, i)
	}
}

// Due returns a time before which nothing expires: call Expire then, to learn of every expiry when it happens.
// It may be too early, when Expire will find nothing and Due returns a later time.
func (e *Episodes) Due() int64 {
	due := Never
	for _, d := range e.due {
		due = min(due, d)
	}
	return due
}

// Expire ends what fires and has come to its end by now, and returns what changed, sorted by time and number;
// the list is valid until the next call.
func (e *Episodes) Expire(now int64) []Change {
	e.changes = e.changes[:0]
	for block, due := range e.due {
		if due > now {
			continue
		}
		due = Never
		for i := block * blockSize; i < min((block+1)*blockSize, len(e.slots)); i++ {
			s := &e.slots[i]
			if s.firing && s.ends <= now {
				e.expire(i, s)
			} else if s.firing {
				due = min(due, s.ends)
			}
		}
		e.due[block] = due
	}
	slices.SortStableFunc(e.changes, func(a, b Change) int {
		switch {
		case a.At < b.At || a.At == b.At && a.First < b.First:
			return -1
		case a.At > b.At || a.First > b.First:
			return 1
		}
		return 0
	})
	return e.changes
}

// Ends says that the label sets first, …, first+n-1 are over at the source at this time, for batches whose Until was
// Never. Call it before anything later is taken or expires.
func (e *Episodes) Ends(at int64, first, n int) {
	for i := first; i < min(first+n, len(e.slots)); i++ {
		e.slots[i].until = min(e.slots[i].until, at)
	}
}

// Restart is a restart without a saved state: no alert is stored any more, and none is resolved by that.
// What was taken before stays taken: it is a duplicate when it comes again.
func (e *Episodes) Restart(now int64) {
	e.started = now
	for i := range e.slots {
		e.slots[i].stored, e.slots[i].firing = false, false
	}
	for i := range e.due {
		e.due[i] = Never
	}
	e.Counts.Firing = 0
}

// Fires reports whether label set i fires at now.
func (e *Episodes) Fires(now int64, i int) bool {
	return i >= 0 && i < len(e.slots) && e.slots[i].firing && e.slots[i].ends > now
}

// reach makes n slots exist.
func (e *Episodes) reach(n int) {
	if n <= len(e.slots) {
		return
	}
	e.slots = slices.Grow(e.slots, n-len(e.slots))[:n]
	for len(e.due)*blockSize < n {
		e.due = append(e.due, Never)
	}
}

func orDefault(x, otherwise int64) int64 {
	if x <= 0 {
		return otherwise
	}
	return x
}
