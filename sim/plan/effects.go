package plan

import (
	"maps"
	"math"
	"slices"
	"time"

	"github.com/notifysim/notifysim/notifier"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// Losses are what the worst run loses with the capacity planned.
type Losses struct {
	// All is what no Alertmanager took, of Offered.
	Offered int64  `json:"offered"`
	All     int64  `json:"all"`
	By      []Loss `json:"by,omitempty"`
}

// A Loss is what one Alertmanager did not get, for one reason.
type Loss struct {
	Alertmanager string `json:"alertmanager"`
	Reason       string `json:"reason"`
	Alerts       int64  `json:"alerts"`
}

// losses runs the worst seed with the capacity planned.
func (s *Study) losses(p *Plan) (Losses, error) {
	v := p.point.Variant
	v.Capacity = p.Capacity
	file, test := v.apply(s.file, s.test)
	res, err := sim.Run(file, test, p.point.release, p.Peak.Seed, sim.Options{})
	if err != nil {
		return Losses{}, err
	}
	l := Losses{Offered: res.Ledger.Offered, All: res.Ledger.Lost}
	for _, address := range slices.Sorted(maps.Keys(res.Ledger.Alertmanagers)) {
		dropped := res.Ledger.Alertmanagers[address].Dropped
		for _, reason := range notifier.Reasons() {
			if n := dropped.Of(reason); n > 0 {
				l.By = append(l.By, Loss{address, reason.String(), n})
			}
		}
	}
	return l, nil
}

// A Drain is how long the process takes to stop.
type Drain struct {
	// Drains says that the release drains its queues, as the flag has it.
	Drains bool `json:"drains"`
	// AtPeak is how long it takes when it is told to stop at the worst moment of the worst run; nil if it never ends.
	AtPeak *time.Duration `json:"at_peak_ns,omitempty"`
	// Hung is how long a full queue takes whose Alertmanager hangs: one timeout for each batch, one queue after the other.
	Hung  time.Duration `json:"hung_ns"`
	Grace time.Duration `json:"grace_ns"`
	// Lost is what is dropped by that stop, over all Alertmanagers.
	Lost int64 `json:"lost"`
}

// drain stops the worst run at its worst moment: just before the longest queue or just after, if what ails the Alertmanager ends
// then.
func (s *Study) drain(p *Plan) (Drain, error) {
	rel := p.point.release
	d := Drain{Grace: s.Grace, Drains: s.file.Flags.DrainOnShutdown && rel.Stop != notifier.StopAborts}
	if d.Drains {
		batches := math.Ceil(float64(p.Capacity) / float64(p.BatchSize))
		d.Hung = time.Duration(batches) * s.timeout()
	}
	for i, at := range []time.Duration{p.Peak.At - time.Millisecond, p.Peak.At + time.Millisecond} {
		took, lost, err := s.stopped(p, max(at, 0))
		if err != nil {
			return d, err
		}
		switch {
		case i > 0 && d.AtPeak == nil:
		case took == nil || d.AtPeak == nil || *took > *d.AtPeak:
			d.AtPeak, d.Lost = took, lost
		}
	}
	return d, nil
}

// stopped stops the worst run at an instant, and returns how long that takes, nil if it never ends, and what it drops.
func (s *Study) stopped(p *Plan, at time.Duration) (took *time.Duration, lost int64, err error) {
	v := p.point.Variant
	v.Capacity = p.Capacity
	file, test := v.apply(s.file, s.test)
	var goOn []scenarios.Event
	test.Timeline = slices.DeleteFunc(test.Timeline, func(e scenarios.Event) bool {
		if e.At >= at && (e.Fault != nil || e.Restart != nil) {
			goOn = append(goOn, e)
		}
		return e.At >= at || e.Shutdown != nil
	})
	test.Timeline = append(test.Timeline, scenarios.Event{At: at, Shutdown: &scenarios.Shutdown{}})
	test.Timeline = append(test.Timeline, goOn...) // what happens to Alertmanagers while it drains
	test.Duration = 0
	res, err := sim.Run(file, test, p.point.release, p.Peak.Seed, sim.Options{Events: func(e *sim.Event) {
		if e.Kind == sim.KindStopped && took == nil {
			after := e.At - at
			took = &after
		}
	}})
	if err != nil {
		return nil, 0, err
	}
	for _, a := range res.Ledger.Alertmanagers {
		lost += a.Dropped.Of(notifier.ShutDown)
	}
	return took, lost, nil
}

// An Advice is another setting of the sender, and the capacity that the worst run would need with it.
type Advice struct {
	Value  time.Duration `json:"value_ns"`
	From   time.Duration `json:"from_ns"`
	Needed int           `json:"needed"`
}

// advise looks for a shorter timeout, where requests are given up, and for a longer resend delay, where the queue is not a burst's.
func (s *Study) advise(p *Plan) error {
	if p.Regime != Hang && p.Regime != Overload && p.Regime != SlowAlertmanager {
		return nil
	}
	need := func(v Variant) (int, error) {
		file, test := v.apply(s.file, s.test)
		res, err := sim.Run(file, test, p.point.release, p.Peak.Seed, sim.Options{Unbounded: true})
		if err != nil {
			return 0, err
		}
		return sim.Longest(res.Queues), nil
	}
	now, err := need(p.point.Variant)
	if err != nil {
		return err
	}
	if t := s.timeout(); p.Regime != SlowAlertmanager && t > time.Second {
		// Batches leave a hung Alertmanager's queue as fast as alerts come.
		v := p.point.Variant
		v.Timeout = max(time.Duration(float64(p.BatchSize)/max(p.Peak.Arrival, 1e-9)*float64(time.Second)).Truncate(100*time.Millisecond), time.Second)
		if v.Timeout < t {
			n, err := need(v)
			if err != nil {
				return err
			}
			if n < now*3/4 {
				p.Timeout = &Advice{v.Timeout, t, n}
			}
		}
	}
	v := p.point.Variant
	v.ResendDelay = 2 * max(s.file.Flags.ResendDelay, s.file.EvaluationInterval)
	n, err := need(v)
	if err != nil {
		return err
	}
	if n < now*3/4 {
		p.Resend = &Advice{v.ResendDelay, s.file.Flags.ResendDelay, n}
	}
	return nil
}
