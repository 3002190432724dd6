package sim

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	prometheus "github.com/prometheus/prometheus/notifier"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/internal/scrape"
	"github.com/notifysim/notifysim/scenarios"
)

// A ruleGroup is a group of the sender's rules on the agenda.
type ruleGroup struct {
	*scrape.Group
	from     *sender
	life     int // of the sender
	position int
	interval int64
	// evaluated and next are the last evaluation and the next.
	evaluated, next int64
	failed          bool                  // an evaluation
	due             [][]*prometheus.Alert // that its rules have not handed over yet
}

// planRuleFiles puts the evaluations of rule_files on the agenda.
func (r *run) planRuleFiles() error {
	if r.scraper == nil {
		return nil
	}
	for _, s := range r.test.Metrics {
		for _, v := range r.scraper.views {
			if err := v.fill(s, r.test.Interval); err != nil {
				return err
			}
		}
	}
	r.horizon = max(r.horizon, int64(r.test.RuleEnd()))
	for _, s := range r.senders {
		if err := s.planRuleGroups(); err != nil {
			return err
		}
	}
	return nil
}

// planRuleGroups puts the first evaluation of every group of the sender's rules on the agenda.
func (s *sender) planRuleGroups() error {
	files := make([]scrape.RuleFile, len(s.file.RuleFiles))
	for i, f := range s.file.RuleFiles {
		files[i] = scrape.RuleFile(f)
	}
	groups, err := scrape.NewGroups(s.scraper.viewOf(s).store, files, scrape.RuleOptions{
		Interval: s.file.EvaluationInterval, ResendDelay: s.file.Flags.ResendDelay,
		ExternalLabels: s.test.TemplateLabels(s.file), ExternalURL: s.test.ExternalURL,
		Engine: scrape.NewEngine(s.file.EvaluationInterval), Order: s.file.GroupEvalOrder,
		Restores: s.life > 0,
	})
	if err != nil {
		return err
	}
	for i, g := range groups {
		ru := &ruleGroup{Group: g, from: s, life: s.life, position: len(s.test.Timeline) + len(s.test.Series) + i, interval: int64(g.Interval())}
		if !s.file.Aligned {
			ru.next = int64(g.Offset())
		}
		ru.next = s.nextEvaluation(ru.next, ru.interval)
		s.ruleGroups = append(s.ruleGroups, ru)
		if s.life == 0 || ru.next <= s.horizon {
			s.agenda.add(ru.next, classSend, s.place(ru.position), ru)
		}
	}
	return nil
}

// fill stores series of the scenario, as promtool loads them.
func (v *view) fill(m scenarios.MetricSeries, interval time.Duration) error {
	for _, ls := range m.Labels {
		se := v.store.Series(ls)
		se.Give()
		for i, v := range m.Values {
			at := int64(i) * interval.Milliseconds()
			var h *histogram.FloatHistogram
			if v.Histogram != nil {
				h = v.Histogram
			}
			if v.Omitted {
				continue
			}
			if err := se.AppendAny(at, v.Value, h); err != nil {
				return fmt.Errorf("%v: %w", m.Pos, err)
			}
		}
	}
	return nil
}

// act evaluates the group and hands over what its rules send. Prometheus evaluates a rule after the one before it has handed its
// alerts over; all of them ask for the same instant, so here they are evaluated first.
func (ru *ruleGroup) act(*run) {
	r := ru.from
	if r.stopping || r.life != ru.life { // Prometheus stops its rules before its notifier
		return
	}
	ru.evaluated = ru.next
	due, err := ru.Eval(time.Duration(ru.evaluated))
	if err != nil && !ru.failed {
		ru.failed = true
		r.verdicts = append(r.verdicts, Failure{
			Pos: scenarios.Pos{File: r.file.Path}, Message: fmt.Sprintf("at %v: %v", Short(time.Duration(ru.evaluated)), err) + r.suffix(), to: -1,
		})
	}
	ru.due = due
	ru.next = later(ru.next, ru.interval)
	ru.handOver()
}

// handOver hands over what the next rule sends, as an event of its own, so that the notifier may act on it; then it plans the next
// evaluation. A call that does not return holds it up, and the evaluations that the group misses meanwhile are left out
// (Prometheus' rules/group.go at v3.15.0).
func (ru *ruleGroup) handOver() {
	r := ru.from
	if r.life != ru.life {
		return
	}
	if len(ru.due) > 0 {
		alerts := ru.due[0]
		ru.due = ru.due[1:]
		if r.send(evaluation{ru.position, ru.evaluated}, r.sourcesOf(alerts, ru.evaluated, ru.interval), ru.handOver) {
			r.agenda.add(r.now, classSend, r.place(ru.position), actionFunc(func(*run) { ru.handOver() }))
		}
		return
	}
	if late := r.now - ru.next; late > 0 {
		ru.next += (late + ru.interval - 1) / ru.interval * ru.interval
	}
	if ru.next <= r.horizon && ru.next < math.MaxInt64 {
		r.agenda.add(ru.next, classSend, r.place(ru.position), ru)
	}
}

// later is an instant after another, or the last that there is.
func later(at, d int64) int64 {
	if at > math.MaxInt64-d {
		return math.MaxInt64
	}
	return at + d
}

// sourcesOf returns alerts of an evaluation as sources: those beside each other that share their times are one.
func (s *sender) sourcesOf(alerts []*prometheus.Alert, evaluated, interval int64) []*source {
	validity := int64(s.release.ValidFor(time.Duration(interval), s.file.Flags.ResendDelay))
	var list []*source
	for _, a := range alerts {
		t := times{startsAt: a.StartsAt.UnixNano(), endsAt: later(evaluated, validity), until: fakeam.Never}
		if ends := a.EndsAt.UnixNano(); ends <= evaluated {
			t.endsAt, t.until, t.resolved = ends, ends, true
		}
		if n := len(list); n == 0 || list[n-1].times != t {
			list = append(list, &source{times: t})
		}
		s := list[len(list)-1]
		s.alerts, s.names = append(s.alerts, a.Labels), append(s.names, scenarios.AlertName(a.Labels))
	}
	for _, src := range list {
		if src.resolved {
			s.ends(src)
		}
	}
	return list
}

// ends tells the Alertmanagers that alerts are over at the source, which was not known when they were sent.
func (s *sender) ends(src *source) {
	src.relabel(&s.labelSets, s.rules, s.configs)
	for _, sp := range src.relabelled {
		for _, p := range s.receivers {
			p.episodes.Ends(src.until, sp.first, sp.n)
		}
	}
}

// checkAlertRule judges which alerts of a name fire.
func (r *run) checkAlertRule(e *scenarios.AlertRuleTest) {
	for _, s := range r.senders {
		s.checkAlertRule(e)
	}
}

func (s *sender) checkAlertRule(e *scenarios.AlertRuleTest) {
	var got, want []string
	for _, ru := range s.ruleGroups {
		for _, a := range ru.Firing(e.Alertname) {
			got = append(got, alertText(a.Labels, a.Annotations))
		}
	}
	for _, a := range e.Alerts {
		want = append(want, alertText(a.Labels, a.Annotations))
	}
	slices.Sort(got)
	slices.Sort(want)
	if slices.Equal(got, want) {
		return
	}
	var lines []string
	for _, side := range []struct {
		word  string
		texts []string
	}{{"want", want}, {"got ", got}} {
		for _, s := range side.texts {
			lines = append(lines, side.word+" "+s)
		}
		if len(side.texts) == 0 {
			lines = append(lines, side.word+" nothing")
		}
	}
	pos := e.Pos
	if len(e.Alerts) > 0 {
		pos = e.Alerts[0].Pos
	}
	s.verdicts = append(s.verdicts, Failure{
		Pos: pos, Message: fmt.Sprintf("%s at %v: other alerts fire than expected", e.Alertname, Short(e.EvalTime)) + s.suffix(),
		Alerts: most(lines), to: -1, // what rules ask is behind it, no event
	})
}

// alertText writes an alert with its annotations.
func alertText(ls, annotations labels.Labels) string {
	text := ls.String()
	if !annotations.IsEmpty() {
		text += " annotations " + annotations.String()
	}
	return strings.ReplaceAll(text, "\n", `\n`)
}
