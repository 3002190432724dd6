package plan

import (
	"time"

	"github.com/notifysim/notifysim/notifier/core"
)

// batchSize is the most alerts in one request.
func (s *Study) batchSize(rel *core.Release, v Variant) int {
	flag := s.file.Flags.BatchSize
	if v.BatchSize > 0 {
		flag = v.BatchSize
	}
	return rel.BatchSizeFor(flag)
}

// timeout is the longest of the alertmanagers entries.
func (s *Study) timeout() time.Duration {
	var t time.Duration
	for _, amc := range s.file.Config.AlertingConfig.AlertmanagerConfigs {
		t = max(t, time.Duration(amc.Timeout))
	}
	return t
}

// A Lifetime is for how long a firing alert is good.
type Lifetime struct {
	// Period is after how long it is sent again: the first evaluation that is later than the resend delay, for Prometheus compares
	// strictly (rules/alerting.go at v3.15.0, needsSending).
	Period time.Duration `json:"period_ns"`
	// Validity is for how long an Alertmanager believes one copy, from its evaluation on (sendAlerts).
	Validity time.Duration `json:"validity_ns"`
	// Slack is how much later than usual a copy may come before the one before it has expired: Validity − Period.
	Slack time.Duration `json:"slack_ns"`
}

func (s *Study) lifetime(rel *core.Release) Lifetime {
	interval, delay := s.file.EvaluationInterval, s.file.Flags.ResendDelay
	l := Lifetime{
		Period:   interval * (delay/interval + 1),
		Validity: rel.ValidFor(interval, delay),
	}
	l.Slack = l.Validity - l.Period
	return l
}
