package notifier

import (
	"slices"
	"sync/atomic"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier/core"
)

// A sendCall is the alerts of a call of Send after its relabelling, or what a set's relabelling makes of those.
type sendCall struct {
	alerts   []*Alert
	returned bool // the call

	references atomic.Int64 // see retain

	// parent is what a set's relabelling made this of, nil for a call itself. positions are the indexes of
	// these alerts among its alerts, nil if none is missing.
	parent    *sendCall
	positions []int
	variants  []variant // of this one, by set

	encoded [2]encodedSend // by Encoding
}

// A variant is what a set's relabelling makes of a send.
type variant struct {
	set     *core.Set
	earlier int // number of other sets whose changes show
	send    *sendCall
}

// newSendCall returns a call with these alerts and one reference. It does not keep the slice.
func newSendCall(alerts []*Alert) *sendCall {
	s := &sendCall{alerts: slices.Clone(alerts)}
	if slices.Contains(s.alerts, nil) {
		s.alerts = slices.DeleteFunc(s.alerts, func(a *Alert) bool { return a == nil })
	}
	s.retain(1)
	return s
}

// variant returns what the relabelling of set makes of s, which is s itself if nothing changes.
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

// relabeled returns what rules leave of alerts, and the indexes of these. An alert that the rules change is
// copied (Prometheus' alert.go at v3.15.0, relabelAlerts).
func relabeled(rules core.Relabeling, alerts []*Alert) (kept []*Alert, positions []int) {
	lb := labels.NewBuilder(labels.EmptyLabels())
	kept, positions = make([]*Alert, 0, len(alerts)), make([]int, 0, len(alerts))
	var fresh []Alert // memory for the copies
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
