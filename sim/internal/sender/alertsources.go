package sender

import (
	"slices"
	"sync"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/ledger"
)

// alertSources records when the alerts of a run fire at their source. Each alert is known by its number in the
// ledger.AlertLog. All senders share one alertSources, which outlives restarts of their servers.
type alertSources struct {
	log    ledger.AlertLog
	labels []labels.Labels // by number
	series [][]int32       // the alerts of each series of the test

	byLabels map[labels.Labels]int32 // the numbers of alerts in raw sends and rule files
	until    []int64                 // by alert: until when an alert of a raw send fires; 0 for other alerts
	ends     map[int32][]int64       // the times at which an alert of a rule file ends
	scraped  [][]bool                // by rule group and alerting rule: whether it depends on scraped metrics
	// evaluatedBefore says that the rules were evaluated before the run, except those that depend on scraped metrics
	// (see Group.planRuleSources).
	evaluatedBefore bool
}

// addSeries numbers the alerts of a series, and records from its values when they fire. interval is the time between
// evaluations.
func (a *alertSources) addSeries(s *scenarios.Series, interval int64) {
	n := len(s.Alerts)
	first := a.log.NewAlerts(n)
	ids := make([]int32, n)
	for i := range ids {
		ids[i] = int32(first + i)
	}
	a.labels, a.series = append(a.labels, s.Alerts...), append(a.series, ids)
	fires := false
	for k, firing := range s.Firing {
		switch at := int64(k) * interval; {
		case firing && !fires:
			a.log.Fires(at, first, n)
		case fires && !firing:
			a.log.Ends(at, first, n)
		}
		fires = firing
	}
	if fires {
		a.log.Ends(int64(len(s.Firing))*interval, first, n)
	}
}

// of returns the numbers of the alerts with these label sets.
func (a *alertSources) of(list []labels.Labels) []int32 {
	ids := make([]int32, len(list))
	for i, ls := range list {
		ids[i] = a.idOf(ls)
	}
	return ids
}

func (a *alertSources) idOf(ls labels.Labels) int32 {
	id, ok := a.byLabels[ls]
	if !ok {
		if a.byLabels == nil {
			a.byLabels = map[labels.Labels]int32{}
		}
		id = int32(a.log.NewAlerts(1))
		a.byLabels[ls], a.labels = id, append(a.labels, ls)
	}
	return id
}

// fireUntil records that alerts of raw sends fire from one instant to another. Alerts that already fire go on: that
// they end is recorded when they fire again, or at the end, so that the log does not grow with the number of sends.
func (a *alertSources) fireUntil(from, to int64, ids []int32) {
	for _, id := range ids {
		if more := int(id) + 1 - len(a.until); more > 0 {
			a.until = append(a.until, make([]int64, more)...)
		}
		if until := a.until[id]; until < from || until == 0 {
			if until > 0 {
				a.log.Ends(until, int(id), 1)
			}
			a.log.Fires(from, int(id), 1)
		}
		a.until[id] = max(a.until[id], to)
	}
}

// endRawSends records the ends up to the instant now of the alerts of raw sends that are not recorded yet.
func (a *alertSources) endRawSends(now int64) {
	for id, until := range a.until {
		if until > 0 && until <= now {
			a.log.Ends(until, id, 1)
			a.until[id] = 0
		}
	}
}

// AlertAccounts returns the account of the alerts whose labels match, at the end of a run. If the test has no duration,
// the account ends with the last event or sample of the scenario or the last response to a request, whichever is later.
// If match is nil, it returns the account of all alerts, which it computes only once.
func (g *Group) AlertAccounts(match func(labels.Labels) bool) ledger.AlertAccounts {
	if match != nil {
		return g.accountsOf(match)
	}
	if g.accounts == nil {
		all := g.accountsOf(func(labels.Labels) bool { return true })
		g.accounts = &all
	}
	return *g.accounts
}

func (g *Group) accountsOf(match func(labels.Labels) bool) ledger.AlertAccounts {
	meant := g.alertFilter()
	return g.sources.log.Account(g.accountEnd(), func(address string, alert int) bool {
		return meant(address, alert) && match(g.sources.labels[alert])
	})
}

// UncoveredSpans returns when the alerts of AlertAccounts were uncovered.
func (g *Group) UncoveredSpans() map[string][]ledger.UncoveredSpan {
	return g.sources.log.UncoveredSpans(g.accountEnd(), g.alertFilter())
}

// accountEnd completes the records of the account at the end of a run, and returns the time at which the account ends.
func (g *Group) accountEnd() int64 {
	g.Network.ExpireAll()
	g.sources.endRawSends(fakeam.Never)
	end := int64(g.Test.Duration)
	if end == 0 {
		end = max(g.Horizon, g.Network.LastEnd)
		for _, s := range g.Test.Series {
			end = max(end, int64(len(s.Firing)-1)*int64(g.File.EvaluationInterval))
		}
		end++
	}
	return min(end, g.World.Now+1)
}

// alertFilter returns a filter that reports whether an alert is meant for an Alertmanager: neither the relabelling of
// Send nor that of all the Alertmanager's sets drops it on purpose. For an alert that was never sent the first
// configuration decides.
func (g *Group) alertFilter() ledger.Filter {
	log, send := &g.sources.log, core.SendRelabeling(g.File.Config)
	sets := map[string][]core.Relabeling{"": nil}
	for _, am := range g.Network.Alertmanagers() {
		for _, set := range log.SetsOf(am.Address) {
			sets[am.Address] = append(sets[am.Address], core.SetRelabeling(set))
			sets[""] = append(sets[""], core.SetRelabeling(set))
		}
	}
	drops := len(g.File.Config.AlertingConfig.AlertRelabelConfigs) > 0
	sentAs := sync.OnceValue(log.LabelSets)
	return func(address string, alert int) bool {
		list := sets[address]
		if !log.WasSent(alert) {
			if log.WasDropped(alert) {
				return false
			}
			if _, keep := send.Apply(g.sources.labels[alert]); drops && !keep {
				return false
			}
		}
		if address == "" && len(list) == 0 { // the run had no Alertmanager
			return true
		}
		return slices.ContainsFunc(list, func(r core.Relabeling) bool {
			if len(r.Rules) == 0 {
				return true
			}
			if !log.WasSent(alert) {
				ls, _ := send.Apply(g.sources.labels[alert])
				_, keep := r.Apply(ls)
				return keep
			}
			return slices.ContainsFunc(sentAs()[alert], func(labelSet int) bool {
				_, keep := r.Apply(g.World.Labels.Of(labelSet))
				return keep
			})
		})
	}
}
