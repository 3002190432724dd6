package notifier

import (
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
)

// A Relabeling is what becomes of an alert's labels on its way: external labels join where the alert has no value of
// its own, then relabel rules change or drop it. The zero Relabeling changes nothing.
type Relabeling struct {
	External labels.Labels
	Rules    []*relabel.Config
}

// SendRelabeling is what Send does to every alert: global.external_labels and alerting.alert_relabel_configs.
func SendRelabeling(cfg *config.Config) Relabeling {
	return Relabeling{cfg.GlobalConfig.ExternalLabels, cfg.AlertingConfig.AlertRelabelConfigs}
}

// SetRelabeling is what a set's own alert_relabel_configs do.
func SetRelabeling(s *Set) Relabeling { return Relabeling{Rules: s.Config.AlertRelabelConfigs} }

// IsZero reports whether r changes nothing.
func (r Relabeling) IsZero() bool { return r.External.IsEmpty() && len(r.Rules) == 0 }

// Apply returns the labels that an alert goes on with, or false if it is dropped.
func (r Relabeling) Apply(lset labels.Labels) (labels.Labels, bool) {
	lb := labels.NewBuilder(lset)
	r.External.Range(func(l labels.Label) {
		if lset.Get(l.Name) == "" {
			lb.Set(l.Name, l.Value)
		}
	})
	if !relabel.ProcessBuilder(lb, r.Rules...) {
		return labels.EmptyLabels(), false
	}
	return lb.Labels(), true
}
