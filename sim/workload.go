package sim

import (
	"math"
	"slices"
	"time"
)

// send hands the alerts of sources over in one call of Send, and reports whether the call has returned.
// If it has not, back is called when it does.
func (r *sender) send(of evaluation, sources []*source, back func()) bool {
	s := r.newSend()
	s.sources, s.begun = append(s.sources, sources...), r.now
	if r.replicas != nil {
		r.replicas.hand(r.run, of, s)
	}
	if !r.subject.locked() {
		r.subject.send(s)
		return true
	}
	s.back = back
	r.blocked = append(r.blocked, s)
	r.books.total.Blocked++
	r.emit(Event{Kind: KindBlocked, N: s.handed()})
	r.guard.violated(sendNeverBlocks, anyCase, nil, "a call of Send with %d alerts has to wait", s.handed())
	r.subject.send(s)
	return !slices.Contains(r.blocked, s)
}

// returned notes that a call of Send has returned.
func (r *sender) returned(s *send) {
	s.returned = true
	if i := slices.Index(r.blocked, s); i >= 0 {
		r.blocked = slices.Delete(r.blocked, i, i+1)
		if back := s.back; back != nil {
			r.agenda.add(r.now, classSend, 0, actionFunc(func(*run) { back() }))
		}
	}
	r.settle(s)
}

// admit is the moment when a call of Send goes ahead: it gives s its alerts, as the relabelling of Send leaves them.
func (r *sender) admit(s *send) {
	for _, src := range s.sources {
		src.relabel(&r.labelSets, r.rules, r.configs)
		s.spans = append(s.spans, src.relabelled...)
		s.n += src.n
		s.parts = appendPart(s.parts, s.n, src.times)
	}
	r.admitted++
	s.order, s.veiled = r.admitted, r.veiled
	r.guard.disturb()
	r.books.offer(s)
	r.cause = r.emit(Event{Kind: KindSend, N: s.n, spans: s.spans})
}

// handed is the number of alerts of s before relabelling.
func (s *send) handed() int {
	n := 0
	for _, src := range s.sources {
		n += len(src.alerts)
	}
	return n
}

func (r *sender) newSend() *send {
	n := len(r.freeSends)
	if n == 0 {
		return &send{}
	}
	s := r.freeSends[n-1]
	r.freeSends = r.freeSends[:n-1]
	s.taken.Reset()
	s.asked.Reset()
	*s = send{sources: s.sources[:0], spans: s.spans[:0], parts: s.parts[:0], taken: s.taken, asked: s.asked, losses: s.losses[:0]}
	return s
}

// settle closes a send that has returned and of which no copy is left.
func (r *sender) settle(s *send) {
	if s.open > 0 || !s.returned {
		return
	}
	lost, anybody := r.books.settled, r.subject.anybody()
	if s.among != nil {
		s.among.settle(s, anybody)
	}
	r.books.settle(s, anybody)
	if r.books.settled != lost {
		r.guard.stirred = true
	}
	if r.scraper != nil {
		r.scraper.settle(s, anybody)
	}
	if !r.keepSends {
		r.freeSends = append(r.freeSends, s)
	}
}

// resolvedRetention is for how long a resolved alert is sent on (Prometheus' rules/alerting.go at v3.15.0).
const resolvedRetention = 15 * time.Minute

// A rule is an alerting rule whose outcome at every evaluation is known; it hands alerts over as Prometheus does.
type rule struct {
	from     *sender
	life     int // of the sender
	position int
	series   []ruleSeries
	interval int64
	delay    int64     // --rules.alert.resend-delay
	next     int64     // the next evaluation
	due      []*source // at this evaluation
}

// A ruleSeries is alerts of a rule that fire and resolve together.
type ruleSeries struct {
	source     *source
	firing     []bool
	firedAt    int64
	active     bool  // firing, or resolved and still sent
	resolvedAt int64 // never while firing
	over       int64 // when the values say that it is over, as known at the last evaluation
	lastSent   int64
}

const never = math.MinInt64 / 2

// planRules puts the first evaluation of every rule on the agenda. All series of one alertname are one rule.
func (r *sender) planRules() {
	var rules []*rule
	byName := map[string]*rule{}
	for _, s := range r.test.Series {
		ru := byName[s.Rule]
		if ru == nil {
			ru = &rule{
				from: r, life: r.life, position: len(r.test.Timeline) + len(rules), next: r.nextEvaluation(0, int64(r.file.EvaluationInterval)),
				interval: int64(r.file.EvaluationInterval), delay: int64(r.file.Flags.ResendDelay),
			}
			byName[s.Rule] = ru
			rules = append(rules, ru)
		}
		ru.series = append(ru.series, ruleSeries{
			source: &source{alerts: s.Alerts, names: s.Names, planned: true}, firing: s.Firing, resolvedAt: never, lastSent: never,
		})
	}
	for _, ru := range rules {
		r.agenda.add(ru.next, classSend, r.place(ru.position), ru)
	}
}

// act evaluates the rule and sends what is due. A call of Send that does not return holds the rule up; the evaluations that it
// misses meanwhile are left out (Prometheus' rules/group.go at v3.15.0).
func (ru *rule) act(*run) {
	r := ru.from
	if r.stopping || r.life != ru.life { // Prometheus stops its rules before its notifier
		return
	}
	ru.due = ru.due[:0]
	done := true
	at := ru.next // what it is evaluated for, however late it is on a real clock
	for i := range ru.series {
		s := &ru.series[i]
		if s.evaluate(at, at/ru.interval, ru.delay) {
			s.source.times = s.times(at, at/ru.interval, ru.interval, int64(r.release.Validity)*max(ru.interval, ru.delay))
			ru.due = append(ru.due, s.source)
		}
		done = done && !s.active && at/ru.interval >= int64(len(s.firing))
	}
	ru.next += ru.interval
	if done {
		return
	}
	again := func() {
		if late := r.now - ru.next; late > 0 {
			ru.next += (late + ru.interval - 1) / ru.interval * ru.interval
		}
		r.agenda.add(ru.next, classSend, r.place(ru.position), ru)
	}
	if len(ru.due) == 0 || r.send(evaluation{ru.position, at}, ru.due, again) {
		r.agenda.add(ru.next, classSend, r.place(ru.position), ru)
	}
}

// times are those of the alerts of s, sent at evaluation k at now.
func (s *ruleSeries) times(now, k, interval, validity int64) times {
	if s.resolvedAt != never {
		return times{startsAt: s.firedAt, endsAt: s.resolvedAt, until: s.resolvedAt, resolved: true}
	}
	if s.over <= k*interval {
		for k < int64(len(s.firing)) && s.firing[k] {
			k++
		}
		s.over = k * interval
	}
	return times{startsAt: s.firedAt, endsAt: now + validity, until: s.over}
}

// evaluate brings s to evaluation k at now, and reports whether its alerts are sent (Prometheus' rules/alerting.go at v3.15.0:
// Eval, needsSending and sendAlerts).
func (s *ruleSeries) evaluate(now, k, delay int64) bool {
	firing := k < int64(len(s.firing)) && s.firing[k]
	switch {
	case firing && (!s.active || s.resolvedAt != never):
		s.firedAt, s.active, s.resolvedAt, s.lastSent = now, true, never, never
	case !firing && s.active && s.resolvedAt == never:
		s.resolvedAt = now
	case !firing && s.active && now-s.resolvedAt > int64(resolvedRetention):
		s.active = false
	}
	if !s.active || s.resolvedAt <= s.lastSent && s.lastSent+delay >= now {
		return false
	}
	s.lastSent = now
	return true
}
