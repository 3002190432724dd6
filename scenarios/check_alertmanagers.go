package scenarios

import (
	"slices"

	"github.com/prometheus/prometheus/discovery"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/scenarios/internal/document"
)

// addresses returns the addresses in configurations, target updates, churn and `alertmanagers`.
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
	discover := func(key string, groups []document.Group) {
		for _, am := range t.sets[key] {
			known.discover(am, targetGroups(groups))
		}
	}
	for _, e := range t.doc.Timeline {
		if e.Churn != nil {
			for _, set := range e.Churn.Entries {
				discover(set.Key, []document.Group{{Targets: set.Value.Targets.Items}})
			}
		}
		if e.TargetGroups != nil {
			for _, set := range e.TargetGroups.Entries {
				discover(set.Key, set.Value)
			}
		}
	}
	for _, e := range t.doc.Alertmanagers.Entries {
		known.add(e.Key, false)
	}
	return known
}

func (t *testChecker) alertmanagers() {
	ams := t.doc.Alertmanagers
	if len(ams.Entries) > maxAlertmanagers {
		t.Errorf(ams.Pos, "`alertmanagers` has %d entries, above the limit of %d; write fewer",
			len(ams.Entries), maxAlertmanagers)
		return
	}
	for _, e := range ams.Entries {
		if !t.partly && !t.known.posted[e.Key] {
			posted := slices.DeleteFunc(slices.Clone(t.known.all), func(a string) bool { return !t.known.posted[a] })
			t.Known(e.Pos, e.Key, posted, "no alerts are posted to %q, which is in no `static_configs` and no `target_groups`")
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
		am.Behaviour.Fault, _ = t.fault(e.Value.Pos, "`"+e.Key+"`", &e.Value.Fault)
		t.test.Alertmanagers = append(t.test.Alertmanagers, am)
	}
}
