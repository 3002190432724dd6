package ledger

import (
	"encoding/json"
	"math"
	"time"
)

// minGap is the shortest time that counts as a gap. API v2 truncates endsAt to milliseconds, which causes shorter ones.
const minGap = int64(time.Millisecond)

// AlertAccounts are the accounts of the alerts of a run. An alert is a label set, from the instant at which it fires at
// its source until it resolves there. If the label set fires again, that is another alert.
type AlertAccounts struct {
	// Any is the account of what at least one Alertmanager knew.
	Any AlertAccount `json:"any"`
	// Alertmanagers are the accounts of what each Alertmanager knew, by address.
	Alertmanagers map[string]AlertAccount `json:"alertmanagers"`
}

// An AlertAccount tells when an Alertmanager knew the alerts that were meant for it. An Alertmanager knows an alert
// while its store contains the alert with an endsAt in the future.
type AlertAccount struct {
	// Alerts counts the alerts that fired, Missed those of them that the Alertmanager never knew.
	Alerts int64 `json:"alerts"`
	Missed int64 `json:"missed"`
	// FirstDelivery has for each alert the time from when it fires until it is first known; it is endless for missed
	// alerts.
	FirstDelivery AlertTimes `json:"first_delivery"`
	// Uncovered has for each alert the total time during which it fires and is not known.
	Uncovered AlertTimes `json:"uncovered"`
	// FalselyResolved counts the alerts that were resolved for a millisecond or longer while they fired at their
	// source. FalseResolves has the duration of each of these times.
	FalselyResolved int64      `json:"falsely_resolved"`
	FalseResolves   AlertTimes `json:"false_resolves"`
	// LateResolve has for each alert how long it is still known after it resolved at its source.
	LateResolve AlertTimes `json:"late_resolve"`
}

// AlertTimes are durations, some of which may be endless.
type AlertTimes struct {
	Delays
	// Endless counts the endless durations, which Delays does not contain.
	Endless int64
}

// Quantile returns the shortest duration that is not exceeded by at least the fraction q (0 to 1) of all durations. It
// returns false if that duration is endless.
func (t *AlertTimes) Quantile(q float64) (time.Duration, bool) {
	all := t.Count() + t.Endless
	rank := max(int64(math.Ceil(float64(q*float64(all)))), 1)
	if rank > t.Count() {
		return 0, all == 0
	}
	return t.rank(rank), true
}

// Longest returns the longest duration, or 0 if there is none. It returns false if a duration is endless.
func (t *AlertTimes) Longest() (time.Duration, bool) { return t.Max(), t.Endless == 0 }

// MarshalJSON writes {"count", "p50_ns", "p90_ns", "p99_ns", "max_ns", "total_ns"}. An endless duration is null; the
// total does not contain the endless ones.
func (t AlertTimes) MarshalJSON() ([]byte, error) {
	quantile := func(q float64) *time.Duration { return OrNil(t.Quantile(q)) }
	return json.Marshal(struct {
		Count int64          `json:"count"`
		P50   *time.Duration `json:"p50_ns"`
		P90   *time.Duration `json:"p90_ns"`
		P99   *time.Duration `json:"p99_ns"`
		Max   *time.Duration `json:"max_ns"`
		Total int64          `json:"total_ns"`
	}{t.Count() + t.Endless, quantile(0.5), quantile(0.9), quantile(0.99), OrNil(t.Longest()), t.Total()})
}

// A Filter reports whether an alert, given by its number, is meant for the Alertmanager at an address, or if address is
// "", for any.
type Filter func(address string, alert int) bool

// Account sums up how well Alertmanagers knew the alerts of a run. It counts the alerts that the filter pass accepts,
// and uses the records before end, the time at which the run ended.
func (l *AlertLog) Account(end int64, pass Filter) AlertAccounts {
	all := AlertAccounts{Alertmanagers: map[string]AlertAccount{}}
	s := l.newSweep(end)
	for number, am := range l.alertmanagers {
		all.Alertmanagers[am.address] = s.account(number, func(alert int) bool { return pass(am.address, alert) })
	}
	all.Any = s.account(anyAlertmanager, func(alert int) bool { return pass("", alert) })
	return all
}

// anyAlertmanager stands for all Alertmanagers together.
const anyAlertmanager = -2

// A sweep goes through the records in the order of time and computes accounts.
type sweep struct {
	log          *AlertLog
	alertmanager int
	end          int64
	// passes says for each alert whether the filter accepts it or one that was merged with it.
	passes []bool
	cells  []cell   // by alert
	known  [][]bool // by Alertmanager and label set: whether it is known as firing
	now    int64
	sum    AlertAccount
	spans  []alertSpan // what makes up the uncovered time, if not nil
	live   *liveSums   // nil except in an AlertMeter
}

// newSweep returns a sweep that ends at end.
func (l *AlertLog) newSweep(end int64) *sweep {
	sortRecords(l.records)
	return &sweep{
		log: l, end: end, cells: make([]cell, len(l.sameAs)), passes: make([]bool, len(l.sameAs)),
		known: make([][]bool, len(l.alertmanagers)),
	}
}

// A cell is the state of one alert at one Alertmanager, or at all of them together.
type cell struct {
	sources int32 // how many of the source alerts that relabelling merges into this one fire
	knows   int32 // how many label sets of this alert are known as firing
	// alerted says that the alert fired. The fields below are about the last time that it did.
	alerted   bool
	delivered bool  // it has been known since it fired
	resolved  bool  // it was falsely resolved since it fired
	gaps      int32 // how often it was
	fired     int64 // when it fired
	changed   int64 // when sources or knows last changed
	first     int64 // how long it took until it was first known
	gap       int64 // how long it has been unknown now, after it was known before
	uncovered int64 // how long it was unknown in total, without gap
	late      int64 // how long it was known after it resolved at its source
}

// account computes the account of one Alertmanager, or of anyAlertmanager.
func (s *sweep) account(alertmanager int, pass func(alert int) bool) AlertAccount {
	s.reset(alertmanager, pass)
	for i := range s.log.records {
		r := &s.log.records[i]
		if r.at >= s.end {
			break
		}
		s.apply(r)
	}
	s.now = s.end
	for a := range s.cells {
		if c := &s.cells[a]; c.alerted {
			s.elapse(a)
			s.endGap(a)
			s.count(a)
		}
	}
	return s.sum
}

// reset begins the account of one Alertmanager, or of anyAlertmanager.
func (s *sweep) reset(alertmanager int, pass func(alert int) bool) {
	s.alertmanager, s.sum = alertmanager, AlertAccount{}
	clear(s.passes)
	for alert := range s.passes {
		if pass(alert) {
			s.passes[s.log.find(int32(alert))] = true
		}
	}
	clear(s.cells)
	for i := range s.known {
		clear(s.known[i])
	}
}

// apply applies a record, unless it is about another Alertmanager.
func (s *sweep) apply(r *alertRecord) {
	s.now = r.at
	number := int(r.alertmanager)
	switch {
	case number == atSource:
		s.source(r)
	case s.alertmanager != anyAlertmanager && s.alertmanager != number:
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

// source applies a record that alerts begin to fire or resolve at their source.
func (s *sweep) source(r *alertRecord) {
	for alert := r.first; alert < r.first+r.n; alert++ {
		a := int(s.log.find(alert))
		c := &s.cells[a]
		s.elapse(a)
		s.live.touch(a)
		switch {
		case r.kind == begins && c.sources == 0:
			if c.alerted {
				s.count(a)
				s.live.close(s, a)
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

// learns applies that an Alertmanager begins to know a label set as firing, or no longer does.
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
		s.elapse(a)
		s.live.touch(a)
		if !firing {
			c.knows--
			return
		}
		c.knows++
		s.endGap(a)
	})
}

// elapse adds the time since the last change to the account. A state that lasted for an instant only, such as between
// an expiry and the arrival of a new copy, does not count.
func (s *sweep) elapse(a int) {
	c := &s.cells[a]
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
		s.uncovers(a, since, false)
	case c.sources == 0 && c.knows > 0:
		c.late += d
	}
}

// endGap ends a period in which an alert was unknown after it had been known.
func (s *sweep) endGap(a int) {
	c := &s.cells[a]
	if c.gap >= minGap {
		c.uncovered += c.gap
		c.resolved = true
		c.gaps++
		if s.passes[a] {
			s.sum.FalseResolves.Add(time.Duration(c.gap), 1)
		}
		s.uncovers(a, s.now-c.gap, true)
	}
	c.gap = 0
}

// count adds an alert, which has ended, to the account.
func (s *sweep) count(a int) {
	c := &s.cells[a]
	if !s.passes[a] {
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

// eachAlert calls f with every alert that an Alertmanager knows by a label set.
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

// alertOf calls f with the alert that the relabelling of Send turned into a label set, if there is one.
func (l *AlertLog) alertOf(labelSet int, f func(alert int)) {
	if labelSet < len(l.alerts) && l.alerts[labelSet] > 0 {
		f(int(l.find(l.alerts[labelSet] - 1)))
	}
}
