package plan

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/ledger"
)

// effects runs the worst seed again: as advised, as advised with a stop at its worst moment, and with other timeouts
// and resend delays without a capacity.
func (s *Study) effects(p *Plan, workers int) error {
	var stops [2]stop
	runs := []func() error{
		func() (err error) { p.Lost, err = s.losses(p); return err },
		func() (err error) { p.Firing, err = s.firing(p); return err },
		func() (err error) { p.Timeout, err = s.shorterTimeout(p); return err },
		func() (err error) { p.Resend, err = s.longerResendDelay(p); return err },
	}
	// The worst moment to stop is just before the queue is longest or just after: a fault may end at that instant.
	for i, at := range []time.Duration{p.Peak.At - time.Millisecond, p.Peak.At + time.Millisecond} {
		runs = append(runs, func() (err error) { stops[i], err = s.stopAt(p, max(at, 0)); return err })
	}
	err := s.parallel(context.Background(), len(runs), workers, func(_ *worker, i int) error { return runs[i]() })
	if err != nil {
		return err
	}
	p.Drain = s.drain(p, stops)
	return nil
}

// firing returns the sum over all alerts for how long they fire, in nanoseconds. That is the uncovered time of a run
// in which every Alertmanager refuses all requests.
func (s *Study) firing(p *Plan) (int64, error) {
	file, test := p.point.apply(s.file, s.test)
	test.Alertmanagers = nil
	test.Timeline = slices.DeleteFunc(test.Timeline, func(e scenarios.Event) bool {
		return e.Fault != nil || e.Swizzle != nil
	})
	for _, address := range test.Addresses {
		refuses := fakeam.Behaviour{Fault: fakeam.Fault{Refuse: true}}
		test.Alertmanagers = append(test.Alertmanagers, scenarios.Alertmanager{Address: address, Behaviour: refuses})
	}
	res, err := s.simulate(file, test, p.point.release, p.Peak.Seed, sim.Options{})
	if err != nil {
		return 0, err
	}
	return res.Accounts.Any.Uncovered.Total(), nil
}

// losses runs the worst seed as advised.
func (s *Study) losses(p *Plan) (Losses, error) {
	file, test := p.advised.point.apply(s.file, s.test)
	res, err := s.simulate(file, test, p.advised.point.release, p.Peak.Seed, sim.Options{})
	if err != nil {
		return Losses{}, err
	}
	l := Losses{Offered: res.Ledger.Offered, All: res.Ledger.Lost, ByAll: res.Ledger.LostByAll}
	for _, address := range slices.Sorted(maps.Keys(res.Ledger.Alertmanagers)) {
		dropped := res.Ledger.Alertmanagers[address].Dropped
		for _, reason := range core.Reasons() {
			if n := dropped.Of(reason); n > 0 {
				l.By = append(l.By, Loss{address, reason.String(), n})
			}
		}
	}
	return l, nil
}

// A stop is how long the notifier takes to stop, nil if it never does, and how many queued copies it drops by
// stopping.
type stop struct {
	took *time.Duration
	lost int64
}

// drain returns what the plan says about stopping, with the slower of two stops.
func (s *Study) drain(p *Plan, stops [2]stop) Drain {
	pt := p.advised.point
	d := Drain{Grace: s.Grace, Drains: s.file.Flags.DrainOnShutdown && pt.release.Stop != core.StopAborts}
	if d.Drains {
		batches := math.Ceil(float64(p.Capacity) / float64(batchSize(s.file, pt)))
		d.Hung = time.Duration(batches) * cmp.Or(pt.Timeout, longestTimeout(s.file))
	}
	slowest := stops[0]
	if o := stops[1]; slowest.took != nil && (o.took == nil || *o.took > *slowest.took) {
		slowest = o
	}
	d.AtPeak, d.Lost = slowest.took, slowest.lost
	return d
}

// stopAt runs the worst seed as advised, and stops the process at an instant.
func (s *Study) stopAt(p *Plan, at time.Duration) (stop, error) {
	file, test := p.advised.point.apply(s.file, s.test)
	var later []scenarios.Event // the faults and restarts of Alertmanagers from then on
	test.Timeline = slices.DeleteFunc(test.Timeline, func(e scenarios.Event) bool {
		if e.At >= at && (e.Fault != nil || e.Restart != nil) {
			later = append(later, e)
		}
		return e.At >= at || e.Shutdown != nil
	})
	test.Timeline = append(test.Timeline, scenarios.Event{At: at, Shutdown: &scenarios.Shutdown{}})
	test.Timeline = append(test.Timeline, later...)
	test.Duration = 0
	res, err := s.simulate(file, test, p.advised.point.release, p.Peak.Seed, sim.Options{})
	if err != nil {
		return stop{}, err
	}
	var st stop
	if res.Stopped != nil {
		after := *res.Stopped - at
		st.took = &after
	}
	for _, a := range res.Ledger.Alertmanagers {
		st.lost += a.Dropped.Of(core.ShutDown)
	}
	return st, nil
}

// shorterTimeout tries a shorter timeout where requests end at the timeout. It returns nil if that does not help.
func (s *Study) shorterTimeout(p *Plan) (*Shortcut, error) {
	current := longestTimeout(s.file)
	if p.Regime != Hang && p.Regime != Overload || current <= time.Second {
		return nil, nil
	}
	timeout := p.keepingUp()
	if timeout >= current {
		return nil, nil
	}
	v := p.point.Variant
	v.Timeout = timeout
	return s.shortcut(p, v, timeout, current)
}

// longerResendDelay tries a longer resend delay, unless the queue comes from a burst. It returns nil if that does not
// help.
func (s *Study) longerResendDelay(p *Plan) (*Shortcut, error) {
	if p.Regime != Hang && p.Regime != Overload && p.Regime != SlowAlertmanager {
		return nil, nil
	}
	v := p.point.Variant
	v.ResendDelay = 2 * max(s.file.Flags.ResendDelay, s.file.EvaluationInterval)
	return s.shortcut(p, v, v.ResendDelay, s.file.Flags.ResendDelay)
}

// shortcut runs the worst seed with the variant v, which changes one setting. It returns nil unless that shortens the
// longest queue by more than a quarter.
func (s *Study) shortcut(p *Plan, v Variant, value, from time.Duration) (*Shortcut, error) {
	file, test := v.apply(s.file, s.test)
	res, err := s.simulate(file, test, p.point.release, p.Peak.Seed, sim.Options{Unbounded: true})
	if err != nil {
		return nil, err
	}
	if n := ledger.Longest(res.Queues); n < (p.Peak.Waiting+p.Peak.Arriving)*3/4 {
		return &Shortcut{value, from, n}, nil
	}
	return nil, nil
}
