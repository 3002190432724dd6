package notifier

import (
	"fmt"
	"time"

	"github.com/prometheus/prometheus/model/labels"
)

// An Alert is what a rule hands to the notifier and what an Alertmanager receives.
//
// It mirrors Prometheus' notifier.Alert (notifier/alert.go, unchanged from v2.5.0 to v3.15.0), JSON tags included:
// json.Marshal of it is the payload of Alertmanager's API v1. [Encoding] writes the same bytes faster.
type Alert struct {
	// Labels are the identity of the alert: two alerts with equal labels are the same alert to an Alertmanager.
	Labels labels.Labels `json:"labels"`
	// Annotations go along and identify nothing.
	Annotations labels.Labels `json:"annotations"`

	// StartsAt is when the alert began to fire. EndsAt is when it ended, or else until when the receiver is to take
	// it as firing if it hears no more. The zero time leaves the choice to the receiver.
	StartsAt time.Time `json:"startsAt,omitempty"`
	EndsAt   time.Time `json:"endsAt,omitempty"`

	// GeneratorURL leads to the expression behind the alert.
	GeneratorURL string `json:"generatorURL,omitempty"`
}

// Name returns the label alertname, "" if there is none.
func (a *Alert) Name() string { return a.Labels.Get(labels.AlertName) }

// Hash returns the hash of the labels alone, as [labels.Labels.Hash] does: good inside one process, not to be stored.
func (a *Alert) Hash() uint64 { return a.Labels.Hash() }

// ResolvedAt tells whether the alert has ended by t: EndsAt is set and not after t.
func (a *Alert) ResolvedAt(t time.Time) bool { return !a.EndsAt.IsZero() && !t.Before(a.EndsAt) }

// Resolved is ResolvedAt the present time of the process (the virtual one inside a testing/synctest bubble).
// The rules of this package never call it: they are told the time.
func (a *Alert) Resolved() bool { return a.ResolvedAt(time.Now()) }

// String returns the name, the first seven hexadecimal digits of the hash and the present state,
// as in "InstanceDown[0a1b2c3][active]".
func (a *Alert) String() string {
	state := "active"
	if a.Resolved() {
		state = "resolved"
	}
	return fmt.Sprintf("%s[%07x][%s]", a.Name(), a.Hash()>>36, state)
}
