package sender

import (
	"math"
	"time"

	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/world"
)

// ResolvedRetention is how long a resolved alert continues to be sent (Prometheus' rules/alerting.go at v3.16.0).
const ResolvedRetention = 15 * time.Minute

// A staticRule is an alerting rule whose results at all evaluations are written in the scenario. It sends alerts
// whenever Prometheus would.
type staticRule struct {
	from     *Sender
	life     int // the sender's life when the rule was made
	position int
	series   []ruleSeries
	interval int64
	delay    int64            // --rules.alert.resend-delay
	validity int64            // how long a copy of a firing alert is valid
	next     int64            // the time of the next evaluation
	due      []*alerts.Source // the alerts to send at this evaluation
}

// A ruleSeries is a group of alerts of a rule that fire and resolve together.
type ruleSeries struct {
	source     *alerts.Source
	firing     []bool
	firedAt    int64
	active     bool  // the rule fires, or has resolved and is still sent
	resolvedAt int64 // never while the rule fires
	over       int64 // when the rule will stop firing, computed at the last evaluation
	lastSent   int64
}

const never = math.MinInt64 / 2

// planRules plans the first evaluation of every staticRule. All series with the same alertname form one rule.
func (s *Sender) planRules() {
	file := s.group.File
	var rules []*staticRule
	byName := map[string]*staticRule{}
	for i, series := range s.group.Test.Series {
		ru := byName[series.Rule]
		if ru == nil {
			ru = &staticRule{
				from: s, life: s.life, position: len(s.group.Test.Timeline) + len(rules),
				next:     s.nextEvaluation(0, int64(file.EvaluationInterval)),
				interval: int64(file.EvaluationInterval), delay: int64(file.Flags.ResendDelay),
				validity: int64(s.group.Release.ValidFor(file.EvaluationInterval, file.Flags.ResendDelay)),
			}
			byName[series.Rule] = ru
			rules = append(rules, ru)
		}
		ru.series = append(ru.series, ruleSeries{
			source: &alerts.Source{
				Alerts: series.Alerts, Names: series.Names, IDs: s.group.sources.series[i], Planned: true,
			},
			firing: series.Firing, resolvedAt: never, lastSent: never,
		})
	}
	for _, ru := range rules {
		s.world.Add(ru.next, world.ClassSend, s.Place(ru.position), ru)
	}
}

// Happen evaluates the rule and sends the alerts that are due. If a call of Send does not return, the rule has to wait,
// and the evaluations that it misses meanwhile are skipped (Prometheus' rules/group.go at v3.16.0).
func (ru *staticRule) Happen() {
	s := ru.from
	if s.stopping || s.life != ru.life { // Prometheus stops its rules before its notifier
		return
	}
	ru.due = ru.due[:0]
	done := true
	at := ru.next // the timestamp of the evaluation; on the wall clock the call may be later
	for i := range ru.series {
		series := &ru.series[i]
		if series.evaluate(at, at/ru.interval, ru.delay) {
			series.source.Times = series.times(at, at/ru.interval, ru.interval, ru.validity)
			ru.due = append(ru.due, series.source)
		}
		done = done && !series.active && at/ru.interval >= int64(len(series.firing))
	}
	ru.next += ru.interval
	if done {
		return
	}
	if takes := s.evaluationTakes(); takes > 0 {
		s.sendLater(takes, ru.position, ru.send)
		return
	}
	ru.send()
}

// send sends the alerts that are due, and plans the next evaluation.
func (ru *staticRule) send() {
	of := alerts.EvaluationKey{Position: ru.position, At: ru.next - ru.interval}
	if len(ru.due) == 0 || ru.from.send(of, ru.due, ru.resume) {
		ru.resume()
	}
}

// resume plans the next evaluation after the call of Send has returned.
func (ru *staticRule) resume() {
	s := ru.from
	ru.next = skipMissed(s.world.Now, ru.next, ru.interval)
	s.world.Add(ru.next, world.ClassSend, s.Place(ru.position), ru)
}

// skipMissed returns the first evaluation, from next on, that is not before now.
func skipMissed(now, next, interval int64) int64 {
	if late := now - next; late > 0 {
		next += (late + interval - 1) / interval * interval
	}
	return next
}

// times returns the times in the copies of s that evaluation k sends at the time now.
func (s *ruleSeries) times(now, k, interval, validity int64) alerts.Times {
	if s.resolvedAt != never {
		return alerts.Times{StartsAt: s.firedAt, EndsAt: s.resolvedAt, Until: s.resolvedAt, Resolved: true}
	}
	if s.over <= k*interval {
		for k < int64(len(s.firing)) && s.firing[k] {
			k++
		}
		s.over = k * interval
	}
	return alerts.Times{StartsAt: s.firedAt, EndsAt: now + validity, Until: s.over}
}

// evaluate updates s in evaluation k at the time now, and reports whether its alerts have to be sent (Prometheus'
// rules/alerting.go at v3.16.0: Eval, needsSending and sendAlerts).
func (s *ruleSeries) evaluate(now, k, delay int64) bool {
	firing := k < int64(len(s.firing)) && s.firing[k]
	switch {
	case firing && (!s.active || s.resolvedAt != never):
		s.firedAt, s.active, s.resolvedAt, s.lastSent = now, true, never, never
	case !firing && s.active && s.resolvedAt == never:
		s.resolvedAt = now
	case !firing && s.active && now-s.resolvedAt > int64(ResolvedRetention): //mutant:resolved-alert-is-forgotten-at-once
		s.active = false
	}
	if !s.active || s.resolvedAt <= s.lastSent && s.lastSent+delay >= now { //mutant:alert-is-resent-too-early
		return false
	}
	s.lastSent = now
	return true
}
