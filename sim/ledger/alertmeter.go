package ledger

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// An AlertMeter computes the account of alerts while a run goes on, for the virtual scrapes. Its cost depends on what
// has changed since it was read last.
type AlertMeter struct {
	log     *AlertLog
	changes int           // log.changes when the sweeps began
	pending []alertRecord // records that were read but whose time has not come
	any     *sweep
	ams     []*sweep // by the number of the Alertmanager
}

// A LiveAccount is the account of alerts at an instant, at one Alertmanager or at any.
type LiveAccount struct {
	// Fired counts the alerts that fired so far, Firing those that fire now, and Uncovered those of them that are not
	// known now.
	Fired, Firing, Uncovered int64
	// UncoveredFor is the total time for which alerts fired and were not known.
	UncoveredFor time.Duration
	// Missed counts the alerts that ended and were never known while they fired.
	Missed int64
	// FalselyResolved counts the alerts that were resolved for a millisecond or longer while they fired, FalseResolves
	// how often.
	FalselyResolved, FalseResolves int64
	// FirstDelivery has the times from when an alert fired until it was first known.
	FirstDelivery Delays
}

// Read brings the account to the instant now. No record of an earlier time may be added later. pass says which alerts
// are meant for which Alertmanager; the meter asks it again when that may have changed.
func (m *AlertMeter) Read(log *AlertLog, now int64, pass func() Filter) {
	if m.log == nil || m.changes != log.changes {
		m.begin(log, pass())
	}
	m.pending = append(m.pending, log.records[log.metered:]...)
	log.metered = len(log.records)
	sortRecords(m.pending)
	n := 0
	for ; n < len(m.pending) && m.pending[n].at <= now; n++ {
		m.any.apply(&m.pending[n])
		for _, s := range m.ams {
			s.apply(&m.pending[n])
		}
	}
	m.pending = slices.Delete(m.pending, 0, n)
	m.any.live.read(m.any, now)
	for _, s := range m.ams {
		s.live.read(s, now)
	}
}

// begin begins the account again from the first record.
func (m *AlertMeter) begin(log *AlertLog, pass Filter) {
	log.metered = 0
	m.log, m.changes, m.pending, m.ams = log, log.changes, nil, m.ams[:0]
	m.any = newLiveSweep(log, anyAlertmanager, func(alert int) bool { return pass("", alert) })
	for number, am := range log.alertmanagers {
		m.ams = append(m.ams, newLiveSweep(log, number, func(alert int) bool { return pass(am.address, alert) }))
	}
}

func newLiveSweep(log *AlertLog, alertmanager int, pass func(alert int) bool) *sweep {
	n := len(log.sameAs)
	s := log.newSweep(0)
	s.live = &liveSums{counted: make([]share, n), isTouched: make([]bool, n)}
	s.reset(alertmanager, pass)
	return s
}

// Any returns the account of what at least one Alertmanager knew, at the instant of the last Read.
func (m *AlertMeter) Any() *LiveAccount { return &m.any.live.LiveAccount }

// Of returns the account of the Alertmanager at an address, at the instant of the last Read.
func (m *AlertMeter) Of(address string) *LiveAccount {
	number := slices.IndexFunc(m.log.alertmanagers, func(am logAlertmanager) bool { return am.address == address })
	return &m.ams[number].live.LiveAccount
}

// liveSums are the sums of an AlertMeter over the alerts of a sweep. They change with the alerts that were touched
// since the last reading. The methods work on nil, and then do nothing.
type liveSums struct {
	LiveAccount
	counted   []share // by alert: what it contributes to the sums
	touched   []int32
	isTouched []bool
	base      int64 // how long alerts were uncovered, without the time since then for those that are
	since     int64 // the sum of the times since when alerts are uncovered
}

// A share is what an alert contributes to the sums.
type share struct {
	fired, firing, delivered, missed, resolved, uncovered bool
	gaps                                                  int32
	base, since                                           int64
}

// touch records that an alert changed.
func (l *liveSums) touch(a int) {
	if l != nil && !l.isTouched[a] {
		l.isTouched[a], l.touched = true, append(l.touched, int32(a))
	}
}

// close completes the share of an alert, which will fire again as another one.
func (l *liveSums) close(s *sweep, a int) {
	if l != nil {
		l.count(s, a)
		l.counted[a] = share{}
	}
}

// read brings the sums to an instant. Alerts whose state lasts for less than is needed to count stay touched.
func (l *liveSums) read(s *sweep, now int64) {
	s.now = now
	kept := l.touched[:0]
	for _, a := range l.touched {
		c := &s.cells[a]
		s.elapse(int(a))
		l.count(s, int(a))
		known := c.knows > 0
		l.isTouched[a] = c.sources > 0 && known != c.delivered && c.gap < minGap
		if l.isTouched[a] {
			kept = append(kept, a)
		}
	}
	l.touched = kept
	total := uint64(l.base) + uint64(l.Uncovered)*uint64(now) - uint64(l.since) // only the result has to fit
	l.UncoveredFor = time.Duration(min(total, math.MaxInt64))
}

// count replaces the share of an alert by its present one.
func (l *liveSums) count(s *sweep, a int) {
	c := &s.cells[a]
	if !c.alerted || !s.passes[a] {
		return
	}
	next, last := c.share(), &l.counted[a]
	l.Fired += change(last.fired, next.fired)
	l.Firing += change(last.firing, next.firing)
	l.Uncovered += change(last.uncovered, next.uncovered)
	l.Missed += change(last.missed, next.missed)
	l.FalselyResolved += change(last.resolved, next.resolved)
	l.FalseResolves += int64(next.gaps - last.gaps)
	l.base += next.base - last.base
	l.since += next.since - last.since
	if next.delivered && !last.delivered {
		l.FirstDelivery.Add(time.Duration(c.first), 1)
	}
	*last = next
}

// change returns 1 if a condition became true, -1 if it became false, and 0 otherwise.
func change(from, to bool) int64 {
	switch {
	case from == to:
		return 0
	case to:
		return 1
	}
	return -1
}

// share returns what an alert contributes to the sums. A gap that has not lasted for a millisecond does not count yet.
func (c *cell) share() share {
	x := share{
		fired: true, firing: c.sources > 0, delivered: c.delivered, missed: c.sources == 0 && !c.delivered,
		resolved: c.resolved, gaps: c.gaps, base: c.uncovered,
	}
	if c.gap >= minGap {
		x.resolved, x.gaps, x.base = true, x.gaps+1, x.base+c.gap
	}
	if x.uncovered = x.firing && c.knows == 0 && (!c.delivered || c.gap >= minGap); x.uncovered {
		x.since = c.changed
	}
	return x
}

// sortRecords sorts records by time.
func sortRecords(records []alertRecord) {
	slices.SortStableFunc(records, func(a, b alertRecord) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.rank(), b.rank()))
	})
}
