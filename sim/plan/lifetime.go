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

// A Lifetime is how long one copy of a firing alert lasts.
type Lifetime struct {
	// Period is after how long the alert is sent again: the first evaluation later than the resend delay (needsSending,
	// rules/alerting.go at v3.15.0).
	Period time.Duration `json:"period_ns"`
	// Validity is how long an Alertmanager takes the alert for firing after an evaluation (core.Release.ValidFor).
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
