package ledger

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"time"
)

// noGap is the longest time that counts as none: the v2 API cuts the end of an alert to the millisecond.
const noGap = int64(time.Millisecond)

// AlertAccounts are the account of the alerts of a run. An alert is a label set from the instant at which it fires at
// its source until it ends there; one that fires again is another.
type AlertAccounts struct {
	// Any is what at least one Alertmanager knew.
	Any AlertAccount `json:"any"`
	// Alertmanagers are what each knew, by address.
	Alertmanagers map[string]AlertAccount `json:"alertmanagers"`
}

// An AlertAccount says how well an Alertmanager knew of the alerts that were meant for it. It knows an alert while its
// store has it with an end that is later than now.
type AlertAccount struct {
	// Alerts counts those that fired, Missed those of them that were never known.
	Alerts int64 `json:"alerts"`
	Missed int64 `json:"missed"`
	// FirstDelivery is, by alert, from when it fires until it is first known; without end for those that were missed.
	FirstDelivery AlertTimes `json:"first_delivery"`
	// Uncovered is, by alert, for how long it fires and is not known.
	Uncovered AlertTimes `json:"uncovered"`
	// FalselyResolved counts the alerts that were resolved while they fired, for a millisecond or longer; FalseResolves
	// is for how long, each time.
	FalselyResolved int64      `json:"falsely_resolved"`
	FalseResolves   AlertTimes `json:"false_resolves"`
	// LateResolve is, by alert, for how long it is known after it ended.
	LateResolve AlertTimes `json:"late_resolve"`
}

// AlertTimes are durations, some of which may have no end.
type AlertTimes struct {
	Delays
	// Endless counts those without an end.
	Endless int64
}

// Quantile returns the shortest duration that at least the fraction q, 0 to 1, of all is not above; false if it has no
// end.
func (t *AlertTimes) Quantile(q float64) (time.Duration, bool) {
	all := t.Count() + t.Endless
	rank := max(int64(math.Ceil(float64(q*float64(all)))), 1)
	if rank > t.Count() {
		return 0, all == 0
	}
	return t.rank(rank), true
}

// Longest returns the longest duration, 0 of none; false if it has no end.
func (t *AlertTimes) Longest() (time.Duration, bool) { return t.Max(), t.Endless == 0 }

// MarshalJSON writes {"count", "p50_ns", "p90_ns", "p99_ns", "max_ns", "total_ns"}; a time without an end is null, and
// the total is of those that have one.
func (t AlertTimes) MarshalJSON() ([]byte, error) {
	orNull := func(d time.Duration, ends bool) *time.Duration {
		if !ends {
			return nil
		}
		return &d
	}
	quantile := func(q float64) *time.Duration { return orNull(t.Quantile(q)) }
	return json.Marshal(struct {
		Count int64          `json:"count"`
		P50   *time.Duration `json:"p50_ns"`
		P90   *time.Duration `json:"p90_ns"`
		P99   *time.Duration `json:"p99_ns"`
		Max   *time.Duration `json:"max_ns"`
		Total int64          `json:"total_ns"`
	}{t.Count() + t.Endless, quantile(0.5), quantile(0.9), quantile(0.99), orNull(t.Longest()), t.Total()})
}

// A Filter reports whether an account is of an alert, by its number, at an Alertmanager, or with "" at any.
type Filter func(address string, alert int) bool

// Account returns the account of a run that ended at an instant, of the alerts that a filter lets pass. What happens
// at the end or later is left out.
func (l *AlertLog) Account(end int64, pass Filter) AlertAccounts {
	slices.SortStableFunc(l.records, func(a, b alertRecord) int { return cmp.Compare(a.at, b.at) })
	all := AlertAccounts{Alertmanagers: map[string]AlertAccount{}}
	s := &sweep{log: l, end: end, cells: make([]cell, len(l.sameAs)), known: make([][]bool, len(l.alertmanagers))}
	for number, am := range l.alertmanagers {
		all.Alertmanagers[am.address] = s.account(number, func(alert int) bool { return pass(am.address, alert) })
	}
	all.Any = s.account(anyAlertmanager, func(alert int) bool { return pass("", alert) })
	return all
}

// anyAlertmanager selects the records of all Alertmanagers.
const anyAlertmanager = -2

// A sweep goes through the records in the order of time.
type sweep struct {
	log   *AlertLog
	end   int64
	pass  func(alert int) bool
	cells []cell   // by alert
	known [][]bool // by Alertmanager and label set: it is known as firing
	now   int64
	sum   AlertAccount
}

// A cell is what there is to say of an alert, at one Alertmanager or at any.
type cell struct {
	sources int32 // how many of those that are one alert fire at their source
	knows   int32 // how many label sets of it are known as firing
	// alerted says that it fired: all below is about the last time.
	alerted   bool
	delivered bool  // it was known
	resolved  bool  // it was falsely resolved
	fired     int64 // when it fired
	changed   int64 // when sources or knows last changed
	first     int64 // how long until it was known
	gap       int64 // for how long it has been uncovered after it was known, now
	uncovered int64 // for how long it was uncovered, but for gap
	late      int64 // for how long it was known after it ended
}

// account returns the account of one Alertmanager, or of anyAlertmanager.
func (s *sweep) account(alertmanager int, pass func(alert int) bool) AlertAccount {
	s.sum, s.pass = AlertAccount{}, pass
	clear(s.cells)
	for i := range s.known {
		clear(s.known[i])
	}
	for i := range s.log.records {
		r := &s.log.records[i]
		if r.at >= s.end {
			break
		}
		s.now = r.at
		number := int(r.alertmanager)
		switch {
		case number == atSource:
			s.source(r)
		case alertmanager != anyAlertmanager && alertmanager != number:
		case r.kind == forgets:
			for labelSet, known := range s.known[number] {
				if known {
					s.learns(number, labelSet, false)
				}
			}
		default:
			for labelSet := r.first; labelSet < r.first+r.n; labelSet++ {
				s.learns(number, int(labelSet), r.kind == begins)
			}
		}
	}
	s.now = s.end
	for a := range s.cells {
		if c := &s.cells[a]; c.alerted {
			s.elapse(c)
			s.endGap(a)
			s.count(a)
		}
	}
	return s.sum
}

// source has alerts begin to fire, or end, at their source.
func (s *sweep) source(r *alertRecord) {
	for alert := r.first; alert < r.first+r.n; alert++ {
		a := int(s.log.find(alert))
		c := &s.cells[a]
		s.elapse(c)
		switch {
		case r.kind == begins && c.sources == 0:
			if c.alerted {
				s.count(a)
			}
			*c = cell{sources: 1, knows: c.knows, alerted: true, fired: s.now, changed: s.now}
		case r.kind == begins:
			c.sources++
		case c.sources > 1:
			c.sources--
		case c.sources == 1:
			s.endGap(a)
			c.sources = 0
		}
	}
}

// learns has an Alertmanager know a label set as firing from now on, or no longer.
func (s *sweep) learns(alertmanager, labelSet int, firing bool) {
	if more := labelSet + 1 - len(s.known[alertmanager]); more > 0 {
		s.known[alertmanager] = append(s.known[alertmanager], make([]bool, more)...)
	}
	if known := &s.known[alertmanager][labelSet]; *known == firing {
		return
	} else {
		*known = firing
	}
	s.log.eachAlert(alertmanager, labelSet, func(a int) {
		c := &s.cells[a]
		s.elapse(c)
		if !firing {
			c.knows--
			return
		}
		c.knows++
		s.endGap(a)
	})
}

// elapse accounts for the time since something last changed. What was so for an instant only, such as between an expiry
// and the copy that arrives then, does not count.
func (s *sweep) elapse(c *cell) {
	since, d := c.changed, s.now-c.changed
	if c.changed = s.now; d == 0 {
		return
	}
	switch {
	case c.sources > 0 && c.knows > 0 && !c.delivered:
		c.delivered, c.first = true, since-c.fired
	case c.sources > 0 && c.knows == 0 && c.delivered:
		c.gap += d
	case c.sources > 0 && c.knows == 0:
		c.uncovered += d
	case c.sources == 0 && c.knows > 0:
		c.late += d
	}
}

// endGap ends a time in which an alert was uncovered after it had been known.
func (s *sweep) endGap(a int) {
	c := &s.cells[a]
	if c.gap >= noGap {
		c.uncovered += c.gap
		c.resolved = true
		if s.pass(a) {
			s.sum.FalseResolves.Add(time.Duration(c.gap), 1)
		}
	}
	c.gap = 0
}

// count adds an alert to the account.
func (s *sweep) count(a int) {
	c := &s.cells[a]
	if !s.pass(a) {
		return
	}
	s.sum.Alerts++
	if c.delivered {
		s.sum.FirstDelivery.Add(time.Duration(c.first), 1)
	} else {
		s.sum.Missed++
		s.sum.FirstDelivery.Endless++
	}
	if c.resolved {
		s.sum.FalselyResolved++
	}
	s.sum.Uncovered.Add(time.Duration(c.uncovered), 1)
	s.sum.LateResolve.Add(time.Duration(c.late), 1)
}

// eachAlert calls f with the alerts that an Alertmanager knows by a label set.
func (l *AlertLog) eachAlert(alertmanager, labelSet int, f func(alert int)) {
	am := &l.alertmanagers[alertmanager]
	if am.plain {
		l.alertOf(labelSet, f)
	}
	for _, set := range am.sets {
		for _, from := range l.variants[set][labelSet] {
			l.alertOf(from, f)
		}
	}
}

// alertOf calls f with the alert of which Send's relabelling made a label set.
func (l *AlertLog) alertOf(labelSet int, f func(alert int)) {
	if labelSet < len(l.alerts) && l.alerts[labelSet] > 0 {
		f(int(l.find(l.alerts[labelSet] - 1)))
	}
}
