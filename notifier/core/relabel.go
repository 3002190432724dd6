package core

import (
	"slices"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
)

// A Relabeling changes the labels of alerts. It adds each external label for which the alert has no value of its own,
// then applies relabel rules, which may change or drop the alert. The zero Relabeling changes nothing.
type Relabeling struct {
	External labels.Labels
	Rules    []*relabel.Config

	// earlier are the rules of other sets that are applied before, in releases with SetRelabelLeaks.
	earlier [][]*relabel.Config
}

// SendRelabeling returns what Send applies to every alert: global.external_labels and alerting.alert_relabel_configs.
func SendRelabeling(cfg *config.Config) Relabeling {
	return Relabeling{External: cfg.GlobalConfig.ExternalLabels, Rules: cfg.AlertingConfig.AlertRelabelConfigs}
}

// SetRelabeling returns what the alert_relabel_configs of a set do. In releases whose sets share one copy of the
// alerts, the changes that earlier sets with Alertmanagers have made are included. An alert that an earlier set drops
// is dropped for that set only (Prometheus' notifier/notifier.go at v2.51.2, sendAll and relabelAlerts).
func SetRelabeling(s *Set) Relabeling {
	r := Relabeling{Rules: s.Config.AlertRelabelConfigs}
	for _, o := range s.earlier {
		if o.relabels() {
			r.earlier = append(r.earlier, o.Config.AlertRelabelConfigs)
		}
	}
	return r
}

// relabels reports whether the set's own rules are applied to a batch.
func (s *Set) relabels() bool {
	return len(s.Config.AlertRelabelConfigs) > 0 && (len(s.Active) > 0 || s.relabelsWhenEmpty)
}

func (r SetRelabel) leaks() bool { return r == SetRelabelLeaks || r == SetRelabelDeadlocks }

// SetsLeak reports whether in this release the relabelling of one of these sets also changes the alerts of others, so
// that the order of the sets matters.
func (r *Release) SetsLeak(sets []*Set) bool {
	return r.SetRelabel.leaks() && len(sets) > 1 &&
		slices.ContainsFunc(sets, func(s *Set) bool { return len(s.Config.AlertRelabelConfigs) > 0 })
}

// OrderSets sets the order in which the sets relabel the next batch, for releases in which SetsLeak is true.
func OrderSets(sets []*Set) {
	for i, s := range sets {
		s.earlier = sets[:i]
	}
}

// EarlierSets returns the keys of the sets that relabel before s and whose changes s gets to see, in the order in which
// they relabel, joined by spaces; see Release.SetsLeak. As long as the value is the same, relabelling for s has the
// same effect.
func (s *Set) EarlierSets() string {
	names := ""
	for _, o := range s.earlier {
		if o.relabels() {
			names += o.Key + " "
		}
	}
	return names
}

// IsZero reports whether r changes nothing.
func (r Relabeling) IsZero() bool {
	return r.External.IsEmpty() && len(r.Rules) == 0 && len(r.earlier) == 0
}

// Inherited returns the number of other sets whose rules are applied before the set's own.
func (r Relabeling) Inherited() int { return len(r.earlier) }

// Apply returns the labels of an alert after relabelling, or false if the rules drop the alert.
func (r Relabeling) Apply(lset labels.Labels) (labels.Labels, bool) {
	lb := labels.NewBuilder(lset)
	if !r.ApplyTo(lb, lset) {
		return labels.EmptyLabels(), false
	}
	return lb.Labels(), true
}

// ApplyTo does the same as Apply in a builder, which it resets. If it returns true, lb.Labels() returns the labels
// after relabelling.
func (r Relabeling) ApplyTo(lb *labels.Builder, lset labels.Labels) (keep bool) {
	for _, rules := range r.earlier {
		lb.Reset(lset)
		if relabel.ProcessBuilder(lb, rules...) {
			lset = lb.Labels()
		}
	}
	lb.Reset(lset)
	r.External.Range(func(l labels.Label) {
		if lset.Get(l.Name) == "" { //mutant:external-label-replaces-the-alerts-own
			lb.Set(l.Name, l.Value)
		}
	})
	return relabel.ProcessBuilder(lb, r.Rules...) //mutant:relabelling-drops-nothing
}
