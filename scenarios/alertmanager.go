package scenarios

import (
	"slices"
	"strconv"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// addresses are the Alertmanagers that a test can speak of.
type addresses struct {
	posted map[string]bool // alerts may be posted to those that are true, the others only have a behaviour
	all    []string        // in order
}

func (a *addresses) add(address string, posted bool) {
	before, known := a.posted[address]
	if !known {
		a.all = append(a.all, address)
	}
	a.posted[address] = before || posted
}

func (t *testChecker) addresses() addresses {
	known := addresses{posted: map[string]bool{}}
	for _, cfg := range t.configs {
		for _, am := range cfg.AlertingConfig.AlertmanagerConfigs {
			for _, sd := range am.ServiceDiscoveryConfigs {
				if static, ok := sd.(discovery.StaticConfig); ok {
					known.discover(am, static)
				}
			}
		}
	}
	for _, e := range t.doc.Timeline {
		if e.Churn != nil {
			for _, set := range e.Churn.Entries {
				for _, am := range t.sets[set.Key] {
					known.discover(am, set.Value.pools())
				}
			}
		}
		if e.TargetGroups == nil {
			continue
		}
		for _, set := range e.TargetGroups.Entries {
			for _, am := range t.sets[set.Key] {
				known.discover(am, targetGroups(set.Value))
			}
		}
	}
	for _, e := range t.doc.Alertmanagers.Entries {
		known.add(e.Key, false)
	}
	return known
}

// discover adds the addresses of groups, before and after the set's relabel_configs: what a release's notifier makes of
// them is not decided here.
func (a *addresses) discover(am *config.AlertmanagerConfig, groups []*targetgroup.Group) {
	for _, g := range groups {
		for _, target := range g.Targets {
			a.add(string(target[model.AddressLabel]), true)
			if len(am.RelabelConfigs) == 0 {
				continue
			}
			b := labels.NewBuilder(labels.EmptyLabels())
			for name, v := range g.Labels.Merge(target) {
				b.Set(string(name), string(v))
			}
			b.Set(model.SchemeLabel, am.Scheme)
			if relabel.ProcessBuilder(b, am.RelabelConfigs...) {
				a.add(b.Get(model.AddressLabel), true)
			}
		}
	}
}

// target reports an address that no Alertmanager has.
func (t *testChecker) target(v strictyaml.Value[string]) {
	if _, known := t.known.posted[v.V]; v.OK() && !t.partly && !known {
		t.Errorf(v.Pos, "no Alertmanager has the address %q; %s", strictyaml.Shorten(v.V), strictyaml.WriteOneOf(v.V, t.known.all))
	}
}

func (t *testChecker) alertmanagers() {
	ams := t.doc.Alertmanagers
	if len(ams.Entries) > maxAlertmanagers {
		t.Errorf(ams.Pos, "alertmanagers are %d, above the limit of %d; write fewer", len(ams.Entries), maxAlertmanagers)
		return
	}
	for _, e := range ams.Entries {
		if !t.partly && !t.known.posted[e.Key] {
			posted := slices.DeleteFunc(slices.Clone(t.known.all), func(a string) bool { return !t.known.posted[a] })
			t.Errorf(e.Pos, "nobody posts to %q: no static_configs and no target_groups name it; %s", strictyaml.Shorten(e.Key), strictyaml.WriteOneOf(e.Key, posted))
		}
		am := Alertmanager{Pos: e.Pos, Address: e.Key}
		am.Behaviour.Latency = t.distribution(&e.Value.Latency)
		am.Behaviour.Jitter = e.Value.Jitter.V
		am.Behaviour.Service.PerRequest = e.Value.Service.PerRequest.V
		am.Behaviour.Service.PerAlert = e.Value.Service.PerAlert.V
		if stall := e.Value.Stall; stall != nil {
			t.period(stall.Every, stall.For)
			am.Behaviour.Stall = fakeam.Stall{Every: stall.Every.V, For: stall.For.V}
		}
		am.Behaviour.Fault, _ = t.fault(e.Value.Pos, e.Key, &e.Value.faultDoc)
		t.test.Alertmanagers = append(t.test.Alertmanagers, am)
	}
}

// targetGroups makes Prometheus' target groups of those in the file.
func targetGroups(docs []groupDoc) []*targetgroup.Group {
	groups := make([]*targetgroup.Group, 0, len(docs))
	for i, doc := range docs {
		g := &targetgroup.Group{Source: strconv.Itoa(i)}
		for _, target := range doc.Targets {
			g.Targets = append(g.Targets, model.LabelSet{model.AddressLabel: model.LabelValue(target.V)})
		}
		for _, l := range doc.Labels.Entries {
			if g.Labels == nil {
				g.Labels = model.LabelSet{}
			}
			g.Labels[model.LabelName(l.Key)] = model.LabelValue(l.Value.V)
		}
		groups = append(groups, g)
	}
	return groups
}
