package plan

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/notifysim/notifysim/internal/text"
)

// A QuickScenario describes a scenario in a few numbers.
type QuickScenario struct {
	Alerts        int // how many alerts fire all the time, spread evenly over the rules
	Rules         int
	Interval      time.Duration // between evaluations
	Alertmanagers int
	// Config is the path of a prometheus.yml, relative to the scenario file, and Targets are the addresses of its
	// Alertmanagers, which are used instead of so many Alertmanagers; "" if there is none.
	Config  string
	Targets []string
	Latency time.Duration // the median time until an Alertmanager responds
	Outage  string        // what the last Alertmanager does, and how long, such as "hang 15m"; "" for no outage
}

// latencySigma is the sigma of latencies. With it the 90th percentile is 2.5 times the median and the 99th five times,
// as in prometheus#2520 (36, 105 and 181 ms).
const latencySigma = 0.7

// beforeOutage and afterOutage are how long the scenario lasts before its outage and after it.
const beforeOutage, afterOutage = 10 * time.Minute, 30 * time.Minute

// Scenario returns the scenario file.
func (q QuickScenario) Scenario() (string, error) {
	if err := q.check(); err != nil {
		return "", err
	}
	fault, outage, err := q.outage()
	if err != nil {
		return "", err
	}
	addresses := q.Targets
	if q.Config == "" {
		for i := range q.Alertmanagers {
			addresses = append(addresses, fmt.Sprintf("am-%c:9093", 'a'+i))
		}
	}
	var targets []string
	for _, address := range addresses {
		targets = append(targets, fmt.Sprintf("'%s'", address))
	}
	duration := beforeOutage + outage + afterOutage
	evaluations := int64(math.Ceil(float64(duration) / float64(q.Interval)))
	interval := model.Duration(q.Interval)
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	fmt.Fprintf(&b, "# %s of %s, evaluated every %s, and %s", text.Count(q.Alerts, "alert"),
		text.Count(q.Rules, "rule"), interval, text.Count(len(targets), "Alertmanager"))
	if fault != "" {
		fmt.Fprintf(&b, "; one of them has an outage: %s", q.Outage)
	}
	line(".")
	if q.Config != "" {
		line("config_file: %q", q.Config)
	} else {
		line("config: {alerting: {alertmanagers: [{timeout: 10s, static_configs: [{targets: [%s]}]}]}}",
			strings.Join(targets, ", "))
	}
	line("evaluation_interval: %s", interval)
	line("tests:\n  - name: short\n    duration: %s\n    input_series:", model.Duration(duration))
	for i := range q.Rules {
		n := (i+1)*q.Alerts/q.Rules - i*q.Alerts/q.Rules
		line(`      - {series: 'ALERTS{alertname="Rule%d", alertstate="firing"}', `+
			`expand: {instance: 'i[1-%d]'}, values: '1x%d'}`,
			i+1, n, evaluations)
	}
	line("    alertmanagers:")
	for _, target := range targets {
		line("      %s: {latency: {lognormal: {median: %v, sigma: %g}}}", target, q.Latency, latencySigma)
	}
	if fault != "" {
		line("    timeline: [{at: %s, for: %s, target: %s, fault: {%s: true}}]",
			model.Duration(beforeOutage), model.Duration(outage), targets[len(targets)-1], fault)
	}
	return b.String(), nil
}

func (q QuickScenario) check() error {
	for _, n := range []struct {
		flag       string
		value, max int
	}{
		{"--alerts", q.Alerts, 1_000_000},
		{"--rules", q.Rules, min(q.Alerts, 1000)},
		{"--alertmanagers", q.Alertmanagers, 26},
	} {
		if q.Config != "" && n.flag == "--alertmanagers" {
			continue
		}
		if n.value < 1 || n.value > n.max {
			return fmt.Errorf("%s %d; write 1 to %d", n.flag, n.value, n.max)
		}
	}
	if q.Interval < time.Second || q.Interval > time.Hour || q.Interval%time.Millisecond != 0 {
		return fmt.Errorf("--interval %v is out of range; write a duration from 1s to 1h", q.Interval)
	}
	if q.Latency < 0 || q.Latency > time.Hour {
		return fmt.Errorf("--latency %v is out of range; write a duration from 0s to 1h", q.Latency)
	}
	return nil
}

// outage returns the fault of the outage and its duration; "" without an outage.
func (q QuickScenario) outage() (fault string, length time.Duration, err error) {
	if q.Outage == "" {
		return "", 0, nil
	}
	fault, text, _ := strings.Cut(q.Outage, " ")
	d, err := model.ParseDuration(strings.TrimSpace(text))
	known := fault == "hang" || fault == "refuse" || fault == "reset"
	if err != nil || d < model.Duration(time.Second) || d > model.Duration(24*time.Hour) || !known {
		return "", 0, fmt.Errorf("--outage %q; write hang, refuse or reset and a duration from 1s to 1d, such as --outage "+
			"'hang 15m'",
			q.Outage)
	}
	return fault, time.Duration(d), nil
}
