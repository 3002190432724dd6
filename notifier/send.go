package notifier

import (
	"slices"
	"sync/atomic"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier/core"
)

// A managedSend is the alerts of a call of Send, as relabelling left them, or what a set's relabelling made of another's.
type managedSend struct {
	alerts   []*Alert
	returned bool

	holds atomic.Int64

	// parent is the send that a set's relabelling made this of, nil for none.
	parent *managedSend
	// places says of which alerts of it these are, nil for all. variants are what sets made of this one.
	places   []int
	variants []variant

	encoded [2]encodedSend // by Encoding
}

// A variant is what a set's relabelling makes of a send.
type variant struct {
	set     *core.Set
	earlier int // how many other sets' changes show
	send    *managedSend
}

// newSend returns a send of alerts, held once. The slice stays the caller's.
func newSend(alerts []*Alert) *managedSend {
	s := &managedSend{alerts: slices.Clone(alerts)}
	if slices.Contains(s.alerts, nil) {
		s.alerts = slices.DeleteFunc(s.alerts, func(a *Alert) bool { return a == nil })
	}
	s.hold(1)
	return s
}

// variant returns what set makes of s: s itself if nothing changes.
func (s *managedSend) variant(set *core.Set) *managedSend {
	rules := core.SetRelabeling(set)
	for _, v := range s.variants {
		if v.set == set && v.earlier == rules.Inherited() {
			return v.send
		}
	}
	v := variant{set, rules.Inherited(), s}
	alerts, places := relabeled(rules, s.alerts)
	if !slices.Equal(alerts, s.alerts) {
		v.send = &managedSend{alerts: alerts, parent: s}
		if len(places) < len(s.alerts) {
			v.send.places = places
		}
	}
	s.variants = append(s.variants, v)
	return v.send
}

// relabeled returns what rules make of alerts, and which these were. Alerts are never changed: those that would be are new
// (Prometheus' alert.go at v3.15.0, relabelAlerts).
func relabeled(rules core.Relabeling, alerts []*Alert) (kept []*Alert, places []int) {
	lb := labels.NewBuilder(labels.EmptyLabels())
	kept, places = make([]*Alert, 0, len(alerts)), make([]int, 0, len(alerts))
	var fresh []Alert // memory for those that change
	for i, a := range alerts {
		if !rules.ApplyTo(lb, a.Labels) {
			continue
		}
		if lset := lb.Labels(); !labels.Equal(lset, a.Labels) {
			if len(fresh) == 0 {
				fresh = make([]Alert, min(len(alerts)-i, chunkLen))
			}
			fresh[0] = *a
			fresh[0].Labels = lset
			a, fresh = &fresh[0], fresh[1:]
		}
		kept, places = append(kept, a), append(places, i)
	}
	return kept, places
}
