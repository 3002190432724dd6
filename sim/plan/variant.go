package plan

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
)

// A Variant is a scenario with some of its inputs changed. A zero field leaves the input as the scenario has it.
type Variant struct {
	// Capacity and BatchSize are in alerts. Without a Capacity the queues are unbounded.
	Capacity  int `json:"capacity,omitempty"`
	BatchSize int `json:"batch_size,omitempty"`
	// Timeout is the timeout of every alertmanagers entry.
	Timeout     time.Duration `json:"timeout_ns,omitempty"`
	ResendDelay time.Duration `json:"resend_delay_ns,omitempty"`
	// Without is the address of an Alertmanager that is taken out of static_configs and target groups.
	Without string `json:"without,omitempty"`
	// Latency multiplies latencies and service times, Outage the duration of every fault that ends and of every restart,
	// and Alerts the number of alerts of every series and send.
	Latency float64 `json:"latency,omitempty"`
	Outage  float64 `json:"outage,omitempty"`
	Alerts  float64 `json:"alerts,omitempty"`
}

// A point is a release and a variant of the scenario.
type point struct {
	Variant
	release *core.Release
}

// apply returns the scenario with the changes of v, and without expectations, since a run with a failed expectation
// takes twice as long. It does not modify f and t.
func (v Variant) apply(f *scenarios.File, t *scenarios.Test) (*scenarios.File, *scenarios.Test) {
	file, test := *f, *t
	test.Ledger, test.Receipts, test.PromQL, test.AlertRules, test.Thresholds = nil, nil, nil, nil, nil
	if v.Capacity > 0 {
		file.Flags.QueueCapacity = v.Capacity
	}
	if v.BatchSize > 0 {
		file.Flags.BatchSize = v.BatchSize
	}
	if v.ResendDelay > 0 {
		file.Flags.ResendDelay = v.ResendDelay
	}
	test.Timeline = slices.Clone(t.Timeline)
	if v.Timeout > 0 || v.Without != "" {
		v.changeSets(&file, &test)
	}
	if v.Latency > 0 {
		test.Alertmanagers = slices.Clone(t.Alertmanagers)
		for i := range test.Alertmanagers {
			b := &test.Alertmanagers[i].Behaviour
			b.Latency, b.Service = b.Latency.Scale(v.Latency), b.Service.Scale(v.Latency)
		}
	}
	if v.Outage > 0 {
		v.scaleOutages(&test)
	}
	if v.Alerts > 0 {
		v.multiplyAlerts(&test)
	}
	return &file, &test
}

// scaleOutages multiplies the duration of every fault that ends, and of every restart, by v.Outage.
func (v Variant) scaleOutages(test *scenarios.Test) {
	scale := func(d time.Duration) time.Duration { return max(time.Duration(math.Round(v.Outage*float64(d))), 1) }
	for i, e := range test.Timeline {
		if e.Restart != nil {
			restart := *e.Restart
			restart.Down = scale(restart.Down)
			test.Timeline[i].Restart = &restart
		}
		if e.Fault != nil && e.Fault.For > 0 {
			fault := *e.Fault
			fault.For = scale(fault.For)
			test.Timeline[i].Fault = &fault
		}
	}
}

// changeSets changes the timeout and the targets of every alertmanagers entry, also in reloads and target updates.
func (v Variant) changeSets(file *scenarios.File, test *scenarios.Test) {
	with := func(c *config.Config) *config.Config {
		changed := *c
		changed.AlertingConfig.AlertmanagerConfigs = nil
		for _, amc := range c.AlertingConfig.AlertmanagerConfigs {
			am := *amc
			if v.Timeout > 0 {
				am.Timeout = model.Duration(v.Timeout)
			}
			if v.Without != "" {
				am.ServiceDiscoveryConfigs = withoutStatic(am.ServiceDiscoveryConfigs, v.Without)
			}
			changed.AlertingConfig.AlertmanagerConfigs = append(changed.AlertingConfig.AlertmanagerConfigs, &am)
		}
		return &changed
	}
	file.Config = with(file.Config)
	for i, e := range test.Timeline {
		switch {
		case e.Reload != nil:
			test.Timeline[i].Reload = &scenarios.Reload{Config: with(e.Reload.Config)}
		case e.TargetGroups != nil && v.Without != "":
			sets := maps.Clone(e.TargetGroups)
			for key, groups := range sets {
				sets[key] = withoutTarget(groups, v.Without)
			}
			test.Timeline[i].TargetGroups = sets
		}
	}
}

// withoutStatic returns service discoveries whose static configurations lack the target with an address.
func withoutStatic(list discovery.Configs, address string) discovery.Configs {
	list = slices.Clone(list)
	for i, sd := range list {
		if static, ok := sd.(discovery.StaticConfig); ok {
			list[i] = discovery.StaticConfig(withoutTarget(static, address))
		}
	}
	return list
}

// withoutTarget returns target groups that lack the target with an address. A group that it does not change is the
// same.
func withoutTarget(groups []*targetgroup.Group, address string) []*targetgroup.Group {
	groups = slices.Clone(groups)
	for i, g := range groups {
		is := func(target model.LabelSet) bool { return string(target[model.AddressLabel]) == address }
		if slices.ContainsFunc(g.Targets, is) {
			fewer := *g
			fewer.Targets = slices.DeleteFunc(slices.Clone(g.Targets), is)
			groups[i] = &fewer
		}
	}
	return groups
}

// copyLabel is a label that only alerts have that multiplyAlerts adds.
const copyLabel = "notifysim_copy"

// multiplyAlerts multiplies by v.Alerts the number of alerts in every series and in every send event, and keeps at
// least one alert in each.
func (v Variant) multiplyAlerts(test *scenarios.Test) {
	times := func(alerts []labels.Labels, names []string) ([]labels.Labels, []string) {
		n := max(int(math.Round(v.Alerts*float64(len(alerts)))), 1)
		kept := min(n, len(alerts))
		more, moreNames := slices.Clone(alerts[:kept]), slices.Clone(names[:kept])
		for i := len(alerts); i < n; i++ {
			c := strconv.Itoa(i / len(alerts))
			more = append(more, labels.NewBuilder(alerts[i%len(alerts)]).Set(copyLabel, c).Labels())
			moreNames = append(moreNames, names[i%len(alerts)]+"#"+c)
		}
		return more, moreNames
	}
	test.Series = slices.Clone(test.Series)
	for i := range test.Series {
		s := &test.Series[i]
		s.Alerts, s.Names = times(s.Alerts, s.Names)
	}
	for i, e := range test.Timeline {
		if e.Send != nil {
			send := *e.Send
			send.Alerts, send.Names = times(send.Alerts, send.Names)
			test.Timeline[i].Send = &send
		}
	}
}

// String lists the changes, such as "capacity 500, timeout 5s"; "" if there are none.
func (v Variant) String() string {
	var parts []string
	add := func(changed bool, format string, args ...any) {
		if changed {
			parts = append(parts, fmt.Sprintf(format, args...))
		}
	}
	add(v.Capacity > 0, "capacity %d", v.Capacity)
	add(v.BatchSize > 0, "batch size %d", v.BatchSize)
	add(v.Timeout > 0, "timeout %v", spell(v.Timeout))
	add(v.ResendDelay > 0, "resend delay %v", spell(v.ResendDelay))
	add(v.Without != "", "without %s", v.Without)
	add(v.Latency > 0, "latency x%g", v.Latency)
	add(v.Outage > 0, "outage x%g", v.Outage)
	add(v.Alerts > 0, "alerts x%g", v.Alerts)
	return strings.Join(parts, ", ")
}

// isRandom reports whether runs with different seeds can differ.
func isRandom(t *scenarios.Test) bool {
	for _, am := range t.Alertmanagers {
		b := am.Behaviour
		if b.Latency.IsRandom() || b.Probability > 0 && b.Probability < 1 || b.Ramp > 0 {
			return true
		}
	}
	for _, e := range t.Timeline {
		randomSend := e.Send != nil && e.Send.Every != nil && e.Send.Every.IsRandom()
		randomFault := e.Fault != nil && (e.Fault.Probability > 0 && e.Fault.Probability < 1 || e.Fault.Ramp > 0)
		if e.Churn != nil || e.Swizzle != nil || randomSend || randomFault {
			return true
		}
	}
	return false
}
