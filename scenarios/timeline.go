package scenarios

import (
	"cmp"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

func (t *testChecker) timeline() {
	docs := t.doc.Timeline
	if len(docs) > maxEvents {
		t.Errorf(docs[maxEvents].Pos, "the timeline has %d events, above the limit of %d; write fewer", len(docs), maxEvents)
		return
	}
	for i := range docs {
		t.test.Timeline = append(t.test.Timeline, t.compound(&docs[i])...)
	}
	if n := len(t.test.Timeline); n > maxEvents {
		t.Errorf(t.doc.Pos, "the timeline comes to %d events, above the limit of %d; write fewer", n, maxEvents)
	}
	slices.SortStableFunc(t.test.Timeline, func(a, b Event) int { return cmp.Compare(a.At, b.At) })
	t.shutdowns()
}

func (t *testChecker) event(doc *eventDoc) Event {
	e := Event{Pos: doc.Pos, At: doc.At.V, Replica: t.replica(doc.Replica)}
	t.inTime("at", doc.At)
	fault := doc.Fault != nil || doc.Target.Given() && doc.Restart == nil
	server := doc.Restart != nil && doc.Replica.Given()
	t.One(doc.Mapping, "the event", strictyaml.NewChoice("send", doc.Send != nil), strictyaml.NewChoice("target_groups", doc.TargetGroups != nil),
		strictyaml.NewChoice("target with fault", fault), strictyaml.NewChoice("target with restart", doc.Restart != nil),
		strictyaml.NewChoice("zone_outage", doc.ZoneOutage != nil), strictyaml.NewChoice("swizzle", doc.Swizzle != nil), strictyaml.NewChoice("churn", doc.Churn != nil), strictyaml.NewChoice("reload", doc.Reload != nil), strictyaml.NewChoice("shutdown", doc.Shutdown != nil))
	repeated := doc.Send != nil && doc.Send.Every != nil
	if doc.For.Given() && !fault && doc.Restart == nil && !repeated && doc.ZoneOutage == nil && doc.Swizzle == nil && doc.Churn == nil {
		t.Errorf(doc.For.Pos, "for is how long a fault, a restart, churn or a send with every lasts; leave it out here")
	}
	if doc.Replica.Given() && doc.Send == nil && doc.TargetGroups == nil && doc.Reload == nil && doc.Restart == nil && doc.Shutdown == nil {
		t.Errorf(doc.Replica.Pos, "replica is the server that a send, target_groups, a reload, a restart or a shutdown is of; leave it out here")
	}
	switch {
	case doc.Send != nil:
		e.Send = t.send(doc.Send)
		t.arrivals(doc, e.Send)
	case doc.TargetGroups != nil:
		e.TargetGroups = t.targetUpdate(doc.TargetGroups)
	case fault:
		e.Fault = t.eventFault(doc)
	case doc.Swizzle != nil:
		e.Swizzle = t.swizzle(doc)
	case server:
		if doc.Target.Given() {
			t.Errorf(doc.Target.Pos, "a restart is of an Alertmanager, target, or of a server, replica; leave one of them out")
		}
		e.ServerRestart = &ServerRestart{Down: doc.For.V}
	case doc.Restart != nil:
		if !doc.Target.Given() {
			t.Missing(doc.Mapping, "the event has a restart and no target; write target: and an Alertmanager's address, or replica: 1 for the server itself")
		}
		t.target(doc.Target)
		e.Restart = &Restart{Target: doc.Target.V, Down: doc.For.V}
	case doc.Reload != nil:
		e.Reload = &Reload{Config: t.reloads[doc]}
	case doc.Shutdown != nil:
		e.Shutdown = &Shutdown{}
	}
	return e
}

func (t *testChecker) send(doc *sendDoc) *Send {
	more := t.labels(doc.Labels, model.AlertNameLabel)
	if doc.Alerts.Given() && len(doc.Alerts.Items) == 0 {
		t.Errorf(doc.Alerts.Pos, "the send has no alerts; write at least one, such as a1")
	}
	s := &Send{Names: t.expand(doc.Alerts, int64(len(more.String())+len(model.AlertNameLabel)))}
	b := labels.NewBuilder(more)
	for _, name := range s.Names {
		s.Alerts = append(s.Alerts, b.Set(model.AlertNameLabel, name).Labels())
		t.names[name] = true
	}
	return s
}

// labels reads a label set that may not have the label taken.
func (t *testChecker) labels(given strictyaml.Dict[strictyaml.Value[string]], taken string) labels.Labels {
	b := labels.NewBuilder(labels.EmptyLabels())
	for _, l := range given.Entries {
		switch {
		case l.Key == taken:
			t.Errorf(l.Pos, "%s is given already, by the alert's name; leave it out", taken)
		case !labelName(l.Key):
			t.Errorf(l.Pos, "%q is not a label name; write letters, digits and _", strictyaml.Shorten(l.Key))
		case l.Value.OK() && !model.LabelValue(l.Value.V).IsValid():
			t.Errorf(l.Value.Pos, "the value of %s is not UTF-8; write text", l.Key)
		default:
			b.Set(l.Key, l.Value.V)
		}
	}
	return b.Labels()
}

func (t *testChecker) targetUpdate(doc *targetGroupsDoc) map[string][]*targetgroup.Group {
	update := map[string][]*targetgroup.Group{}
	for _, set := range doc.Entries {
		if !t.partly && len(t.sets[set.Key]) == 0 {
			t.Errorf(set.Pos, "the configuration has no alertmanagers entry %q; %s", strictyaml.Shorten(set.Key), strictyaml.WriteOneOf(set.Key, setKeys(t.configs)))
			continue
		}
		for _, g := range set.Value {
			t.groupLabels(&g)
			for _, target := range g.Targets {
				if target.OK() && (target.V == "" || strings.Contains(target.V, "/")) {
					t.Errorf(target.Pos, "%q is not an address; write host:port, such as am-a:9093", strictyaml.Shorten(target.V))
				}
			}
		}
		update[set.Key] = targetGroups(set.Value)
	}
	if doc.Given() && len(doc.Entries) == 0 {
		t.Errorf(doc.Pos, "target_groups names no set; write such as target_groups: {config-0: []}")
	}
	return update
}

func (t *testChecker) groupLabels(g *groupDoc) {
	for _, l := range g.Labels.Entries {
		if !labelName(l.Key) {
			t.Errorf(l.Pos, "%q is not a label name; write letters, digits and _", strictyaml.Shorten(l.Key))
		}
	}
}

func (t *testChecker) eventFault(doc *eventDoc) *Fault {
	f := &Fault{Target: doc.Target.V, For: doc.For.V}
	switch {
	case doc.Fault == nil:
		t.Missing(doc.Mapping, "the event has a target and no fault; write such as fault: {hang: true}")
		return f
	case !doc.Target.Given():
		t.Missing(doc.Mapping, "the event has a fault and no target; write target: and an Alertmanager's address")
	}
	t.target(doc.Target)
	var kinds int
	if f.Fault, kinds = t.fault(doc.Fault.Pos, "fault", &doc.Fault.faultDoc); kinds == 0 {
		t.Missing(doc.Fault.Mapping, "fault names none; write one of %s", kindsOr())
	}
	return f
}

// setKeys are what target updates call the alertmanagers entries of any of the configurations.
func setKeys(configs []*config.Config) []string {
	var keys []string
	for _, cfg := range configs {
		for len(keys) < len(cfg.AlertingConfig.AlertmanagerConfigs) {
			keys = append(keys, core.SetKey(len(keys)))
		}
	}
	return keys
}
