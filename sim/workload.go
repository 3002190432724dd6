package sim

import (
	"math"
	"slices"
	"time"
)

// send hands the alerts of sources over in one call of Send, and reports whether the call has returned.
// If it has not, back is called when it does.
func (s *sender) send(of evaluation, sources []*source, back func()) bool {
	call := s.newSend()
	call.sources, call.begun = append(call.sources, sources...), s.now
	if s.replicas != nil {
		s.replicas.hand(s.run, of, call)
	}
	if !s.subject.locked() {
		s.subject.send(call)
		return true
	}
	call.back = back
	s.blocked = append(s.blocked, call)
	s.books.total.Blocked++
	s.emit(Event{Kind: KindBlocked, N: call.handed()})
	s.guard.violated(sendNeverBlocks, anyCase, nil, "a call of Send with %d alerts has to wait", call.handed())
	s.subject.send(call)
	return !slices.Contains(s.blocked, call)
}

// returned notes that a call of Send has returned.
func (s *sender) returned(call *send) {
	call.returned = true
	if i := slices.Index(s.blocked, call); i >= 0 {
		s.blocked = slices.Delete(s.blocked, i, i+1)
		if back := call.back; back != nil {
			s.agenda.add(s.now, classSend, 0, actionFunc(func(*run) { back() }))
		}
	}
	s.settle(call)
}

// admit is the moment when a call of Send goes ahead: it gets its alerts, as the relabelling of Send leaves them.
func (s *sender) admit(call *send) {
	for _, src := range call.sources {
		src.relabel(&s.labelSets, s.rules, s.configs)
		call.spans = append(call.spans, src.relabelled...)
		call.n += src.n
		call.parts = appendPart(call.parts, call.n, src.times)
	}
	s.admitted++
	call.order, call.veiled = s.admitted, s.veiled
	s.guard.disturb()
	s.books.offer(call)
	s.cause = s.emit(Event{Kind: KindSend, N: call.n, spans: call.spans})
}

// handed is the number of alerts of s before relabelling.
func (s *send) handed() int {
	n := 0
	for _, src := range s.sources {
		n += len(src.alerts)
	}
	return n
}

func (s *sender) newSend() *send {
	n := len(s.freeSends)
	if n == 0 {
		return &send{}
	}
	call := s.freeSends[n-1]
	s.freeSends = s.freeSends[:n-1]
	call.taken.Reset()
	call.asked.Reset()
	*call = send{sources: call.sources[:0], spans: call.spans[:0], parts: call.parts[:0], taken: call.taken, asked: call.asked, losses: call.losses[:0]}
	return call
}

// settle closes a send that has returned and of which no copy is left.
func (s *sender) settle(call *send) {
	if call.open > 0 || !call.returned {
		return
	}
	lost, anybody := s.books.settled, s.subject.anybody()
	if call.among != nil {
		call.among.settle(call, anybody)
	}
	s.books.settle(call, anybody)
	if s.books.settled != lost {
		s.guard.stirred = true
	}
	if s.scraper != nil {
		s.scraper.settle(call, anybody)
	}
	if !s.keepSends {
		s.freeSends = append(s.freeSends, call)
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
	validity int64     // for how long a copy of a firing alert is valid
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
func (s *sender) planRules() {
	var rules []*rule
	byName := map[string]*rule{}
	for _, series := range s.test.Series {
		ru := byName[series.Rule]
		if ru == nil {
			ru = &rule{
				from: s, life: s.life, position: len(s.test.Timeline) + len(rules), next: s.nextEvaluation(0, int64(s.file.EvaluationInterval)),
				interval: int64(s.file.EvaluationInterval), delay: int64(s.file.Flags.ResendDelay),
				validity: int64(s.release.ValidFor(s.file.EvaluationInterval, s.file.Flags.ResendDelay)),
			}
			byName[series.Rule] = ru
			rules = append(rules, ru)
		}
		ru.series = append(ru.series, ruleSeries{
			source: &source{alerts: series.Alerts, names: series.Names, planned: true}, firing: series.Firing, resolvedAt: never, lastSent: never,
		})
	}
	for _, ru := range rules {
		s.agenda.add(ru.next, classSend, s.place(ru.position), ru)
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
			s.source.times = s.times(at, at/ru.interval, ru.interval, ru.validity)
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
