package fakeam

// A state is what an Alertmanager knows about one label set.
type state struct {
	starts, ends int64
	sourceEnd    int64 // when the alert ends at its source
	updated      int64 // when the alert was last stored
	received     bool  // the label set was received at least once
	stored       bool  // it was received since the last restart; garbage collection does not change this
	firing       bool  // it fires, according to the last Put or Expire
	fired        bool  // it fired at some time since the last restart
	refires      bool  // it was falsely resolved, so firing again is a Refires if its source still fires
	timeout      bool  // ends was set by ResolveTimeout
}

// An arrival is an AlertRange that Put is storing.
type arrival struct {
	*AlertRange
	now, lastGC int64
	timeout     bool // EndsAt was set by ResolveTimeout
}

// extend stores the usual resend: a copy of a firing alert with the same start and an end that is not earlier. It
// reports whether b is such a copy. It need not be exact about the time of the update, because garbage collection never
// removes a firing alert.
func (s *state) extend(now int64, b *AlertRange) bool {
	if !s.firing || s.starts != b.StartsAt || s.ends > b.EndsAt || now >= s.ends {
		return false
	}
	s.ends, s.sourceEnd, s.updated, s.timeout = b.EndsAt, max(s.sourceEnd, b.SourceEnd), now, false
	return true
}

// put stores n alerts from number i on that are all in state s. A copy that arrives exactly when the alert would expire
// counts as arriving before.
func (e *AlertStates) put(in *arrival, c *chunk, i, n int, s *state) {
	if s.received {
		e.Counts.Duplicates += int64(n)
	} else {
		e.Counts.Unique += int64(n)
	}
	if s.extend(in.now, in.AlertRange) {
		s.timeout = in.timeout
		e.noteEnd(c, s)
		return
	}
	if s.firing && (s.ends < in.now || s.ends == in.now && in.EndsAt <= in.now) {
		e.expire(i, n, s)
	}
	next := state{
		starts: in.StartsAt, ends: in.EndsAt, sourceEnd: in.SourceEnd, updated: in.now,
		timeout: in.timeout, received: true, stored: true,
	}
	if s.received {
		next.sourceEnd = max(s.sourceEnd, in.SourceEnd)
	}
	collected := s.ends <= in.lastGC && s.updated < in.lastGC
	if s.stored && !collected {
		m := overlapOfStates(s, &next, in.now).merge()
		if m.start {
			next.starts = s.starts
		}
		if m.end {
			next.ends = s.ends
		}
	}
	next.firing = next.ends > in.now
	next.fired = next.firing || s.stored && s.fired
	next.refires = s.refires && !next.firing
	e.report(in, i, n, s, &next)
	*s = next
	e.noteEnd(c, s)
}

// overlapOfStates does what overlapOf does, for states. Time does not go back here, so the stored alert is never newer
// than the incoming one.
func overlapOfStates(old, next *state, now int64) *overlap {
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

// report reports the change of n label sets, from number i on, from the state old to the state next.
func (e *AlertStates) report(in *arrival, i, n int, old, next *state) {
	if !in.Resolved && in.IsResolved(in.now) {
		e.change(in.now, Late, i, n)
	}
	switch {
	case old.firing == next.firing:
	case old.firing && in.now < next.sourceEnd:
		next.refires = true
		e.change(in.now, FalselyResolves, i, n)
	case old.firing:
		e.change(in.now, Resolves, i, n)
	case old.refires && in.now < next.sourceEnd:
		e.change(in.now, Refires, i, n)
	case !old.stored || !old.fired || in.StartsAt >= old.ends:
		e.change(in.now, Fires, i, n)
	case in.now < next.sourceEnd:
		e.change(in.now, Refires, i, n)
	default:
		e.change(in.now, Resurrects, i, n)
	}
}

// expire resolves n label sets, from number i on, that are all in state s. The time of the change is their end.
func (e *AlertStates) expire(i, n int, s *state) {
	s.firing = false
	if s.ends < s.sourceEnd {
		s.refires = true
		e.change(s.ends, FalselyResolves, i, n)
	} else {
		e.change(s.ends, Resolves, i, n)
	}
}

// noteEnd lowers the next expiry and the next false resolve of chunk c to the end of s, one of its states.
func (e *AlertStates) noteEnd(c *chunk, s *state) {
	if !s.firing {
		return
	}
	c.nextExpiry = min(c.nextExpiry, s.ends)
	if s.ends < s.sourceEnd {
		c.nextFalseResolve = min(c.nextFalseResolve, s.ends)
		e.nextFalseResolve = min(e.nextFalseResolve, s.ends)
	}
}
