package plan

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

// A Short is a scenario in a few numbers.
type Short struct {
	Alerts        int // that fire all the time, evenly over the rules
	Rules         int
	Interval      time.Duration // between evaluations
	Alertmanagers int
	Latency       time.Duration // the median
	Outage        string        // of the last Alertmanager: "hang 15m", "refuse 15m", "reset 15m"; "" is none
}

// spread is the sigma of latencies: with it the 90th percentile is 2½ times the median and the 99th five times, as people see
// (prometheus#2520: 36, 105 and 181 ms).
const spread = 0.7

// before and after are how long all is well before the outage and after it.
const before, after = 10 * time.Minute, 30 * time.Minute

// Scenario writes the scenario file.
func (s Short) Scenario() (string, error) {
	for _, n := range []struct {
		flag  string
		value int
		most  int
	}{{"--alerts", s.Alerts, 1_000_000}, {"--rules", s.Rules, min(s.Alerts, 1000)}, {"--alertmanagers", s.Alertmanagers, 26}} {
		if n.value < 1 || n.value > n.most {
			return "", fmt.Errorf("%s %d; write 1 to %d", n.flag, n.value, n.most)
		}
	}
	if s.Interval < time.Second || s.Interval > time.Hour || s.Interval%time.Millisecond != 0 {
		return "", fmt.Errorf("--interval %v; write 1s to 1h", s.Interval)
	}
	if s.Latency < 0 || s.Latency > time.Hour {
		return "", fmt.Errorf("--latency %v; write 0s to 1h", s.Latency)
	}
	kind, outage, err := s.outage()
	if err != nil {
		return "", err
	}
	var targets []string
	for i := range s.Alertmanagers {
		targets = append(targets, fmt.Sprintf("'am-%c:9093'", 'a'+i))
	}
	length := before + outage + after
	var b strings.Builder
	fmt.Fprintf(&b, "# %d alerts of %d rules, evaluated every %s, and %d Alertmanagers", s.Alerts, s.Rules, written(s.Interval), s.Alertmanagers)
	if kind != "" {
		fmt.Fprintf(&b, "; one of them has an outage: %s", s.Outage)
	}
	fmt.Fprintf(&b, ".\nconfig: {alerting: {alertmanagers: [{timeout: 10s, static_configs: [{targets: [%s]}]}]}}\n", strings.Join(targets, ", "))
	fmt.Fprintf(&b, "evaluation_interval: %s\ntests:\n  - name: short\n    duration: %s\n    input_series:\n", written(s.Interval), written(length))
	for i := range s.Rules {
		n := (i+1)*s.Alerts/s.Rules - i*s.Alerts/s.Rules
		fmt.Fprintf(&b, "      - {series: 'ALERTS{alertname=\"Rule%d\", alertstate=\"firing\"}', expand: {instance: 'i[1-%d]'}, values: '1x%d'}\n",
			i+1, n, int64(math.Ceil(float64(length)/float64(s.Interval))))
	}
	b.WriteString("    alertmanagers:\n")
	for _, target := range targets {
		fmt.Fprintf(&b, "      %s: {latency: {lognormal: {median: %v, sigma: %g}}}\n", target, s.Latency, spread)
	}
	if kind != "" {
		fmt.Fprintf(&b, "    timeline: [{at: %s, for: %s, target: %s, fault: {%s: true}}]\n", written(before), written(outage), targets[len(targets)-1], kind)
	}
	return b.String(), nil
}

// outage reads a kind of fault and how long it lasts.
func (s Short) outage() (kind string, length time.Duration, err error) {
	if s.Outage == "" {
		return "", 0, nil
	}
	kind, text, _ := strings.Cut(s.Outage, " ")
	d, err := model.ParseDuration(strings.TrimSpace(text))
	if err != nil || d < model.Duration(time.Second) || d > model.Duration(24*time.Hour) || kind != "hang" && kind != "refuse" && kind != "reset" {
		return "", 0, fmt.Errorf("--outage %q; write hang, refuse or reset and how long, 1s to 1d, such as --outage 'hang 15m'", s.Outage)
	}
	return kind, time.Duration(d), nil
}

func written(d time.Duration) string { return model.Duration(d).String() }
