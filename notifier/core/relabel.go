package core

import (
	"slices"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
)

// A Relabeling is what happens to an alert's labels: external labels are added where the alert has no value of
// its own, then relabel rules change or drop it. The zero Relabeling changes nothing.
type Relabeling struct {
	External labels.Labels
	Rules    []*relabel.Config

	// earlier are rules of other sets, whose changes show in this one: see SetRelabelLeaks.
	earlier [][]*relabel.Config
}

// SendRelabeling is what Send does to every alert: global.external_labels and alerting.alert_relabel_configs.
func SendRelabeling(cfg *config.Config) Relabeling {
	return Relabeling{External: cfg.GlobalConfig.ExternalLabels, Rules: cfg.AlertingConfig.AlertRelabelConfigs}
}

// SetRelabeling is what a set's own alert_relabel_configs do. In releases whose sets share one copy of the
// alerts, the changes of the earlier sets that have Alertmanagers come first; what an earlier set drops, it
// drops for itself alone (Prometheus' notifier.go at v2.51.2, sendAll and relabelAlerts).
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

// SetsLeak reports whether in the release the changes of one of these sets show in others, so that their order
// matters.
func (r *Release) SetsLeak(sets []*Set) bool {
	return r.SetRelabel.leaks() && len(sets) > 1 &&
		slices.ContainsFunc(sets, func(s *Set) bool { return len(s.Config.AlertRelabelConfigs) > 0 })
}

// OrderSets makes the sets relabel the next batch in this order, for releases where SetsLeak.
func OrderSets(sets []*Set) {
	for i, s := range sets {
		s.earlier = sets[:i]
	}
}

// EarlierSets returns the keys of the sets whose changes show in this one now, in their order. The effect of
// its relabelling depends on them.
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

// Inherited returns how many other sets' rules are applied before its own.
func (r Relabeling) Inherited() int { return len(r.earlier) }

// Apply returns the labels of an alert after relabelling, or false if it is dropped.
func (r Relabeling) Apply(lset labels.Labels) (labels.Labels, bool) {
	lb := labels.NewBuilder(lset)
	if !r.ApplyTo(lb, lset) {
		return labels.EmptyLabels(), false
	}
	return lb.Labels(), true
}

// ApplyTo is Apply with a builder, which it resets: lb.Labels() returns the labels after relabelling.
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
