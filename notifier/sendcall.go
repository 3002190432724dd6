package notifier

import (
	"slices"
	"sync/atomic"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier/core"
)

// A sendCall holds the alerts of one call of Send after relabelling, or the result of a set's relabelling of those.
type sendCall struct {
	alerts   []*Alert
	returned bool // the call of Send may return

	references atomic.Int64 // see retain

	// parent is nil for a call of Send. For the result of a set's relabelling, it is the call that was relabelled;
	// positions are then the indexes of alerts in the parent's alerts, or nil if none was dropped.
	parent    *sendCall
	positions []int
	variants  []variant // results of relabelling this call, by set

	encoded [2]encodedSend // indexed by Encoding
}

// A variant is the result of a set's relabelling of a send.
type variant struct {
	set     *core.Set
	earlier int // number of other sets whose changes are included
	send    *sendCall
}

// newSendCall returns a call with these alerts and one reference. It copies the slice.
func newSendCall(alerts []*Alert) *sendCall {
	s := &sendCall{alerts: slices.Clone(alerts)}
	if slices.Contains(s.alerts, nil) {
		s.alerts = slices.DeleteFunc(s.alerts, func(a *Alert) bool { return a == nil })
	}
	s.retain(1)
	return s
}

// variant returns the result of relabelling s for a set, which is s itself if relabelling changes nothing.
func (s *sendCall) variant(set *core.Set) *sendCall {
	rules := core.SetRelabeling(set)
	for _, v := range s.variants {
		if v.set == set && v.earlier == rules.Inherited() {
			return v.send
		}
	}
	v := variant{set, rules.Inherited(), s}
	alerts, positions := relabeled(rules, s.alerts)
	if !slices.Equal(alerts, s.alerts) {
		v.send = &sendCall{alerts: alerts, parent: s}
		if len(positions) < len(s.alerts) {
			v.send.positions = positions
		}
	}
	s.variants = append(s.variants, v)
	return v.send
}

// relabeled returns the alerts that the rules keep, and their indexes in alerts. It copies each alert that it changes
// (Prometheus' notifier/alert.go at v3.16.0, relabelAlerts).
func relabeled(rules core.Relabeling, alerts []*Alert) (kept []*Alert, positions []int) {
	lb := labels.NewBuilder(labels.EmptyLabels())
	kept, positions = make([]*Alert, 0, len(alerts)), make([]int, 0, len(alerts))
	var fresh []Alert // memory for copies, allocated for many at once
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
		kept, positions = append(kept, a), append(positions, i)
	}
	return kept, positions
}
