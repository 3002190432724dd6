package sender

import (
	"maps"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/rules"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/internal/scrape"
	"github.com/notifysim/notifysim/scenarios"
)

// A firingSet holds the alerts that an alerting rule says fire, each with the time of the evaluation that said so last.
type firingSet map[int32]int64

// planRuleSources prepares the account of alerts for the alerts of the rule files. An alert fires at its source while
// it would fire on a server that never stops and never misses an evaluation. If no event of the scenario can interrupt
// the servers' evaluations, what the first server says is recorded during the run. Otherwise the rules are evaluated
// here on the input series. What rules that depend on scraped metrics say is always recorded during the run.
func (g *Group) planRuleSources() error {
	if len(g.File.RuleFiles) == 0 {
		return nil
	}
	input := newView(g.Test.Start, 0)
	groups, err := g.newRuleGroups(input.store, false)
	if err != nil {
		return err
	}
	scraped := scrape.Dependent(groups, g.readsScraped())
	g.sources.evaluatedBefore = slices.ContainsFunc(g.Test.Timeline, interrupts)
	for i, group := range groups {
		g.sources.scraped = append(g.sources.scraped, nil)
		for _, r := range group.AlertingRules() {
			g.sources.scraped[i] = append(g.sources.scraped[i], scraped[r])
		}
	}
	if !g.sources.evaluatedBefore {
		return nil
	}
	for _, m := range g.Test.Metrics {
		if err := input.fill(m, g.Test.Interval); err != nil {
			return err
		}
	}
	g.evaluateUninterrupted(groups, scraped)
	return nil
}

// interrupts reports whether an event may keep servers from evaluating their rules: it stops them, or changes their
// Alertmanagers, so that Send may have to wait for the drain of a queue.
func interrupts(e scenarios.Event) bool {
	return e.ServerRestart != nil || e.Shutdown != nil || e.Reload != nil || e.TargetGroups != nil || e.Swizzle != nil
}

// evaluateUninterrupted evaluates the groups over the whole run, and records what the rules say, except those that
// depend on scraped metrics.
func (g *Group) evaluateUninterrupted(groups []*scrape.Group, scraped map[rules.Rule]bool) {
	next := make([]int64, len(groups))
	said := map[*rules.AlertingRule]firingSet{}
	for i, group := range groups {
		if next[i] = g.offset(group); group.All(func(r rules.Rule) bool { return scraped[r] }) {
			next[i] = fakeam.Never
		}
	}
	for len(groups) > 0 {
		at := slices.Min(next)
		if at > g.Horizon || at == fakeam.Never {
			return
		}
		for i, group := range groups {
			if next[i] != at {
				continue
			}
			_, _ = group.Eval(time.Duration(at)) // the servers' own evaluations report errors
			for _, r := range group.AlertingRules() {
				if said[r] == nil {
					said[r] = firingSet{}
				}
				if !scraped[r] {
					g.sources.say(at, r, said[r])
				}
			}
			next[i] = later(at, int64(group.Interval()))
		}
	}
}

// readsScraped returns a function that reports whether a selector may select series of the virtual scrapes.
func (g *Group) readsScraped() func([]*labels.Matcher) bool {
	jobs := []string{scenarios.JobPrometheus, scenarios.JobAlertmanager, scenarios.JobLedger}
	metrics := scenarios.Metrics(g.Release)
	return func(selector []*labels.Matcher) bool {
		return slices.ContainsFunc(metrics, func(m scenarios.Metric) bool {
			for name, with := range m.Series() {
				for _, job := range jobs {
					if (m.Job == "" || m.Job == job) && scrape.MayMatch(selector, func(label string) (string, bool) {
						switch label {
						case model.MetricNameLabel:
							return name, true
						case model.JobLabel:
							return job, true
						}
						return "", !slices.Contains(with, label)
					}) {
						return true
					}
				}
			}
			return false
		})
	}
}

// say records what the server's rules say after an evaluation of their group. An alert of rules on scraped metrics
// fires at its source while the rules of at least one server say so.
func (s *Sender) say(ru *ruleGroup) {
	sources := &s.group.sources
	if s.said == nil {
		for _, group := range sources.scraped {
			s.said = append(s.said, make([]firingSet, len(group)))
		}
	}
	for k, r := range ru.AlertingRules() {
		if !sources.scraped[ru.index][k] && (sources.evaluatedBefore || s.number > 0) {
			continue
		}
		said := &s.said[ru.index][k]
		if *said == nil {
			*said = firingSet{}
		}
		sources.say(ru.evaluated, r, *said)
	}
}

// silence ends what the server's rules on scraped metrics say, when the server stops. If no other server runs, the
// alerts go on firing, since nothing says that they ended.
func (s *Sender) silence() {
	runs := func(o *Sender) bool { return o != s && !o.stopping }
	if !slices.ContainsFunc(s.group.senders, runs) {
		return
	}
	for _, group := range s.said {
		for _, said := range group {
			for _, id := range slices.Sorted(maps.Keys(said)) {
				s.group.sources.end(s.world.Now, id)
			}
			clear(said)
		}
	}
}

// say records what an alerting rule says at an evaluation; said is what it said before, and is updated. A rule that
// fails keeps what it said. An alert that fired and is pending goes on firing: after a restart `for` begins again, but
// the alert did not end.
func (a *alertSources) say(now int64, r *rules.AlertingRule, said firingSet) {
	if r.LastError() != nil {
		return
	}
	var begin []labels.Labels
	r.ForEachActiveAlert(func(alert *rules.Alert) {
		id, known := a.byLabels[alert.Labels]
		_, fired := said[id]
		switch fired = fired && known; {
		case alert.State == rules.StateInactive:
		case fired:
			said[id] = now
		case alert.State == rules.StateFiring:
			begin = append(begin, alert.Labels)
		}
	})
	slices.SortFunc(begin, labels.Compare) // the rule has its alerts in a map
	for _, ls := range begin {
		id := a.idOf(ls)
		said[id] = now
		a.log.Fires(now, int(id), 1)
	}
	var ended []int32
	for id, at := range said {
		if at != now {
			ended = append(ended, id)
		}
	}
	slices.Sort(ended)
	for _, id := range ended {
		delete(said, id)
		a.end(now, id)
	}
}

// end records that an alert of a rule ends.
func (a *alertSources) end(now int64, id int32) {
	if a.ends == nil {
		a.ends = map[int32][]int64{}
	}
	a.ends[id] = append(a.ends[id], now)
	a.log.Ends(now, int(id), 1)
}

// endOf returns when an alert of a rule file that fires now ends at its source; fakeam.Never if that is not known yet.
func (a *alertSources) endOf(ls labels.Labels, now int64) int64 {
	for _, at := range a.ends[a.idOf(ls)] {
		if at > now {
			return at
		}
	}
	return fakeam.Never
}
