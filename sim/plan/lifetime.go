package plan

import (
	"cmp"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
)

// batchSize returns the most alerts that one request of a point carries.
func batchSize(f *scenarios.File, p point) int {
	return p.release.BatchSizeFor(cmp.Or(p.BatchSize, f.Flags.BatchSize))
}

// longestTimeout returns the longest timeout of the alertmanagers entries.
func longestTimeout(f *scenarios.File) time.Duration {
	var t time.Duration
	for _, amc := range f.Config.AlertingConfig.AlertmanagerConfigs {
		t = max(t, time.Duration(amc.Timeout))
	}
	return t
}

// A Lifetime says how often an alert is sent while it fires, and how long each copy of it is valid.
type Lifetime struct {
	// Period is the time from one copy to the next: up to the first evaluation that is later than the resend delay
	// (Prometheus' needsSending, rules/alerting.go at v3.16.0).
	Period time.Duration `json:"period_ns"`
	// Validity is the time from the evaluation that sends a copy until an Alertmanager resolves the alert if no other
	// copy arrives (core.Release.ValidFor).
	Validity time.Duration `json:"validity_ns"`
	// Slack is how much later than usual a copy may arrive before the one before it expires: Validity − Period.
	Slack time.Duration `json:"slack_ns"`
}

func lifetime(f *scenarios.File, rel *core.Release) Lifetime {
	interval, delay := f.EvaluationInterval, f.Flags.ResendDelay
	l := Lifetime{Period: interval * (delay/interval + 1), Validity: rel.ValidFor(interval, delay)}
	l.Slack = l.Validity - l.Period
	return l
}
