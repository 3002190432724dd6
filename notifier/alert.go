package notifier

import (
	"fmt"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// An Alert is what a rule hands to the notifier and what an Alertmanager receives.
//
// It mirrors Prometheus' notifier.Alert (notifier/alert.go, unchanged from v2.5.0 to v3.16.0), JSON tags included:
// json.Marshal of it is the payload of Alertmanager's API v1. [Encoding] writes the same bytes faster.
type Alert struct {
	// Labels are the identity of the alert: two alerts with equal labels are the same alert to an Alertmanager.
	Labels labels.Labels `json:"labels"`
	// Annotations do not identify the alert.
	Annotations labels.Labels `json:"annotations"`

	// StartsAt is when the alert began to fire. EndsAt is when it was resolved or, for a firing alert, when an
	// Alertmanager resolves it unless it receives another copy. If one is the zero time, the Alertmanager sets it.
	StartsAt time.Time `json:"startsAt,omitempty"`
	EndsAt   time.Time `json:"endsAt,omitempty"`

	// GeneratorURL is a link to the alert's expression in Prometheus.
	GeneratorURL string `json:"generatorURL,omitempty"`
}

// Name returns the value of the label alertname, or "" without that label.
func (a *Alert) Name() string { return a.Labels.Get(labels.AlertName) }

// Hash returns the hash of the labels as [labels.Labels.Hash] computes it. The value differs between processes.
func (a *Alert) Hash() uint64 { return a.Labels.Hash() }

// ResolvedAt reports whether the alert has ended by t: EndsAt is set and not after t.
func (a *Alert) ResolvedAt(t time.Time) bool { return !a.EndsAt.IsZero() && !t.Before(a.EndsAt) }

// Resolved calls ResolvedAt with the current time of the process. The Manager, which has its own clock, does not call
// it.
func (a *Alert) Resolved() bool { return a.ResolvedAt(time.Now()) }

// String returns the name, the first seven hexadecimal digits of the hash and the state at the current time, as in
// "InstanceDown[0a1b2c3][active]".
func (a *Alert) String() string {
	state := "active"
	if a.Resolved() {
		state = "resolved"
	}
	return fmt.Sprintf("%s[%07x][%s]", a.Name(), a.Hash()>>36, state)
}
