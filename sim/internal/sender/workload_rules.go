package sender

import (
	"fmt"
	"math"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	prometheus "github.com/prometheus/prometheus/notifier"

	"github.com/notifysim/notifysim/internal/scrape"
	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/world"
)

// A ruleGroup is a rule group of the sender, from a rule file.
type ruleGroup struct {
	*scrape.Group
	from     *Sender
	life     int // the sender's life when the group was made
	index    int // among all rule groups
	position int
	interval int64
	// evaluated and next are the times of the last and of the next evaluation.
	evaluated, next int64
	failed          bool                  // an evaluation has failed
	due             [][]*prometheus.Alert // the alerts of the last evaluation that are not sent yet, by rule
}

// planRuleFiles plans the evaluations of rule_files.
func (g *Group) planRuleFiles() error {
	if g.scraper == nil {
		return nil
	}
	for _, s := range g.Test.Metrics {
		for _, v := range g.scraper.views {
			if err := v.fill(s, g.Test.Interval); err != nil {
				return err
			}
		}
	}
	g.Horizon = max(g.Horizon, int64(g.Test.RuleEnd()))
	for _, s := range g.senders {
		if err := s.planRuleGroups(); err != nil {
			return err
		}
	}
	return g.planRuleSources()
}

// newRuleGroups returns the groups of the rule files, which query and append to store. restores says whether they
// restore the state of their alerts from it, as after a restart.
func (g *Group) newRuleGroups(store *scrape.Store, restores bool) ([]*scrape.Group, error) {
	files := make([]scrape.RuleFile, len(g.File.RuleFiles))
	for i, f := range g.File.RuleFiles {
		files[i] = scrape.RuleFile(f)
	}
	return scrape.NewGroups(store, files, scrape.RuleOptions{
		Interval: g.File.EvaluationInterval, ResendDelay: g.File.Flags.ResendDelay,
		ExternalLabels: g.Test.TemplateLabels(g.File), ExternalURL: g.Test.ExternalURL,
		Engine: scrape.NewEngine(g.File.EvaluationInterval), Order: g.File.GroupEvalOrder,
		Restores: restores, RestoresShortFor: g.Release.RestoresShortFor,
	})
}

// offset returns the time of the first evaluation of a rule group.
func (g *Group) offset(group *scrape.Group) int64 {
	if g.File.Aligned {
		return 0
	}
	return int64(group.Offset())
}

// planRuleGroups plans the first evaluation of every rule group of the sender.
func (s *Sender) planRuleGroups() error {
	test := s.group.Test
	groups, err := s.group.newRuleGroups(s.group.scraper.viewOf(s).store, s.life > 0)
	if err != nil {
		return err
	}
	for i, g := range groups {
		ru := &ruleGroup{
			Group: g, from: s, life: s.life, index: i, position: len(test.Timeline) + len(test.Series) + i,
			interval: int64(g.Interval()),
		}
		ru.next = s.nextEvaluation(s.group.offset(g), ru.interval)
		s.ruleGroups = append(s.ruleGroups, ru)
		if s.life == 0 || ru.next <= s.group.Horizon {
			s.world.Add(ru.next, world.ClassSend, s.Place(ru.position), ru)
		}
	}
	return nil
}

// fill stores a series of the scenario's input_series, with the same samples as in promtool.
func (v *view) fill(m scenarios.MetricSeries, interval time.Duration) error {
	for _, ls := range m.Labels {
		se := v.store.Series(ls)
		se.MarkInput()
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

// Happen evaluates the group and sends the alerts of its rules. Prometheus evaluates each rule after the previous rule
// has sent its alerts. Since all rules query the same instant, here they are all evaluated first.
func (ru *ruleGroup) Happen() {
	s := ru.from
	if s.stopping || s.life != ru.life { // Prometheus stops its rules before its notifier
		return
	}
	ru.evaluated = ru.next
	due, err := ru.Eval(time.Duration(ru.evaluated))
	if err != nil && !ru.failed {
		ru.failed = true
		s.group.Failed(scenarios.Pos{File: s.group.File.Path},
			fmt.Sprintf("at %v: %v", text.Duration(time.Duration(ru.evaluated)), err)+s.suffix())
	}
	s.say(ru)
	ru.due = due
	ru.next = later(ru.next, ru.interval)
	if takes := s.evaluationTakes(); takes > 0 {
		s.sendLater(takes, ru.position, ru.sendNext)
		return
	}
	ru.sendNext()
}

// sendNext sends the alerts of the next rule. Each rule is an event of its own, so that the notifier acts on one call
// of Send before the next. After the last rule it plans the next evaluation. If a call of Send does not return, that
// has to wait, and the evaluations that the group misses meanwhile are skipped (Prometheus' rules/group.go at v3.16.0).
func (ru *ruleGroup) sendNext() {
	s := ru.from
	if s.life != ru.life {
		return
	}
	if len(ru.due) > 0 {
		due := ru.due[0]
		ru.due = ru.due[1:]
		of := alerts.EvaluationKey{Position: ru.position, At: ru.evaluated}
		if s.send(of, s.sourcesOf(due, ru.evaluated, ru.interval), ru.sendNext) {
			s.world.Do(s.world.Now, world.ClassSend, s.Place(ru.position), ru.sendNext)
		}
		return
	}
	ru.next = skipMissed(s.world.Now, ru.next, ru.interval)
	if ru.next <= s.group.Horizon && ru.next < math.MaxInt64 {
		s.world.Add(ru.next, world.ClassSend, s.Place(ru.position), ru)
	}
}

// later returns at + d, or the highest int64 if the sum overflows.
func later(at, d int64) int64 {
	if at > math.MaxInt64-d {
		return math.MaxInt64
	}
	return at + d
}

// sourcesOf returns the alerts of an evaluation as sources. Consecutive alerts with the same times share a source.
func (s *Sender) sourcesOf(due []*prometheus.Alert, evaluated, interval int64) []*alerts.Source {
	validity := int64(s.group.Release.ValidFor(time.Duration(interval), s.group.File.Flags.ResendDelay))
	var list []*alerts.Source
	for _, a := range due {
		t := alerts.Times{StartsAt: a.StartsAt.UnixNano(), EndsAt: later(evaluated, validity)}
		if ends := a.EndsAt.UnixNano(); ends <= evaluated {
			t.EndsAt, t.Until, t.Resolved = ends, ends, true
		} else {
			t.Until = s.group.sources.endOf(a.Labels, evaluated)
		}
		if n := len(list); n == 0 || list[n-1].Times != t {
			list = append(list, &alerts.Source{Times: t})
		}
		src := list[len(list)-1]
		src.Alerts, src.Names = append(src.Alerts, a.Labels), append(src.Names, scenarios.AlertName(a.Labels))
	}
	for _, src := range list {
		src.IDs = s.group.sources.of(src.Alerts)
		if src.Resolved {
			s.endAtSource(src)
		}
	}
	return list
}

// endAtSource tells all Alertmanagers when alerts ended at their source, which was not known yet when they were sent.
func (s *Sender) endAtSource(src *alerts.Source) {
	for _, sp := range src.Relabel(s.world.Labels, s.rules, s.configs) {
		for _, am := range s.group.Network.Alertmanagers() {
			am.States.EndAtSource(src.Until, sp.First, sp.N)
		}
	}
}

// suffix returns the end of a message, which names the sender if there are several.
func (s *Sender) suffix() string {
	if s.group.evaluations == nil {
		return ""
	}
	return fmt.Sprintf(" (replica %d)", s.number+1)
}
