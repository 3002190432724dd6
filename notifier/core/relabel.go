package core

import (
	"slices"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
)

// A Relabeling is what becomes of an alert's labels on its way: external labels join where the alert has no value of
// its own, then relabel rules change or drop it. The zero Relabeling changes nothing.
type Relabeling struct {
	External labels.Labels
	Rules    []*relabel.Config

	// earlier are rules whose changes show although they are others': see SetRelabelLeaks.
	earlier [][]*relabel.Config
}

// SendRelabeling is what Send does to every alert: global.external_labels and alerting.alert_relabel_configs.
func SendRelabeling(cfg *config.Config) Relabeling {
	return Relabeling{External: cfg.GlobalConfig.ExternalLabels, Rules: cfg.AlertingConfig.AlertRelabelConfigs}
}

// SetRelabeling is what a set's own alert_relabel_configs do. In releases that work on one copy of the alerts, the changes of
// the sets before it come first, of those that have Alertmanagers now; what these drop is only theirs
// (Prometheus' notifier.go at v2.51.2, sendAll and relabelAlerts).
func SetRelabeling(s *Set) Relabeling {
	r := Relabeling{Rules: s.Config.AlertRelabelConfigs}
	for _, o := range s.earlier {
		if o.relabels() {
			r.earlier = append(r.earlier, o.Config.AlertRelabelConfigs)
		}
	}
	return r
}

// relabels reports whether a batch goes through rules of the set.
func (s *Set) relabels() bool {
	return len(s.Config.AlertRelabelConfigs) > 0 && (len(s.Active) > 0 || s.relabelsWhenEmpty)
}

func (r SetRelabel) leaks() bool { return r == SetRelabelLeaks || r == SetRelabelDeadlocks }

// SetsLeak reports whether in the release what one of these sets changes shows in others, so that their order matters.
func (r *Release) SetsLeak(sets []*Set) bool {
	return r.SetRelabel.leaks() && len(sets) > 1 &&
		slices.ContainsFunc(sets, func(s *Set) bool { return len(s.Config.AlertRelabelConfigs) > 0 })
}

// OrderSets makes the order of sets the one in which they relabel the next batch, in releases where what one of them changes shows
// in the next.
func OrderSets(sets []*Set) {
	for i, s := range sets {
		s.earlier = sets[:i]
	}
}

// EarlierSets names the sets whose changes show in this one now, in their order: what its relabelling does depends on them.
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

// Inherited returns how many other sets' rules come first.
func (r Relabeling) Inherited() int { return len(r.earlier) }

// Apply returns the labels that an alert goes on with, or false if it is dropped.
func (r Relabeling) Apply(lset labels.Labels) (labels.Labels, bool) {
	lb := labels.NewBuilder(lset)
	if !r.ApplyTo(lb, lset) {
		return labels.EmptyLabels(), false
	}
	return lb.Labels(), true
}

// ApplyTo does the same in a builder, which it resets: lb.Labels() are the labels that the alert goes on with.
func (r Relabeling) ApplyTo(lb *labels.Builder, lset labels.Labels) (keep bool) {
	for _, rules := range r.earlier {
		lb.Reset(lset)
		if relabel.ProcessBuilder(lb, rules...) {
			lset = lb.Labels()
		}
	}
	lb.Reset(lset)
	r.External.Range(func(l labels.Label) {
		if lset.Get(l.Name) == "" {
			lb.Set(l.Name, l.Value)
		}
	})
	return relabel.ProcessBuilder(lb, r.Rules...)
}
