package scenarios

import (
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
)

// addresses are the addresses of Alertmanagers that a test may name.
type addresses struct {
	posted map[string]bool // true: alerts may be posted to the address; false: it only has a behaviour
	all    []string        // in the order in which they were added
}

func (a *addresses) add(address string, posted bool) {
	before, known := a.posted[address]
	if !known {
		a.all = append(a.all, address)
	}
	a.posted[address] = before || posted
}

// discover adds the addresses in target groups, both before and after the relabel_configs of the set, since which of
// the two a notifier posts to is decided elsewhere.
func (a *addresses) discover(am *config.AlertmanagerConfig, groups []*targetgroup.Group) {
	for _, g := range groups {
		for _, target := range g.Targets {
			a.add(string(target[model.AddressLabel]), true)
			if len(am.RelabelConfigs) == 0 {
				continue
			}
			b := labels.NewBuilder(labels.EmptyLabels())
			for name, v := range g.Labels.Merge(target) {
				b.Set(string(name), string(v))
			}
			b.Set(model.SchemeLabel, am.Scheme)
			if relabel.ProcessBuilder(b, am.RelabelConfigs...) {
				a.add(b.Get(model.AddressLabel), true)
			}
		}
	}
}
