package plan

import (
	"context"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/ledger"
)

// Losses are what the worst run loses with the capacity planned.
type Losses struct {
	// All is what no Alertmanager took, of Offered; of replicas, both are sums over them. ByAll is what all replicas lost of the
	// alerts of an evaluation, nil if there is one server.
	Offered int64  `json:"offered"`
	All     int64  `json:"all"`
	ByAll   *int64 `json:"by_all,omitempty"`
	By      []Loss `json:"by,omitempty"`
}

// A Loss is what one Alertmanager did not get, for one reason.
type Loss struct {
	Alertmanager string `json:"alertmanager"`
	Reason       string `json:"reason"`
	Alerts       int64  `json:"alerts"`
}

// effects runs the worst seed again: with the capacity planned, stopped at its worst moment, and with other settings of the sender.
func (s *Study) effects(p *Plan, workers int) error {
	var stops [2]stop
	runs := []func() error{
		func() (err error) { p.Lost, err = s.losses(p); return err },
		func() (err error) { p.Timeout, err = s.timeoutAdvice(p); return err },
		func() (err error) { p.Resend, err = s.resendAdvice(p); return err },
	}
	// Just before the longest queue or just after, if what ails the Alertmanager ends then.
	for i, at := range []time.Duration{p.Peak.At - time.Millisecond, p.Peak.At + time.Millisecond} {
		runs = append(runs, func() (err error) { stops[i], err = s.stopped(p, max(at, 0)); return err })
	}
	if err := s.work(context.Background(), len(runs), workers, func(_ *bench, i int) error { return runs[i]() }); err != nil {
		return err
	}
	p.Drain = s.drain(p, stops)
	return nil
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

// drain sums the stops up: the slower of both counts.
func (s *Study) drain(p *Plan, stops [2]stop) Drain {
	d := Drain{Grace: s.Grace, Drains: s.file.Flags.DrainOnShutdown && p.point.release.Stop != core.StopAborts}
	if d.Drains {
		batches := math.Ceil(float64(p.Capacity) / float64(p.BatchSize))
		d.Hung = time.Duration(batches) * s.timeout()
	}
	slowest := stops[0]
	if o := stops[1]; slowest.took != nil && (o.took == nil || *o.took > *slowest.took) {
		slowest = o
	}
	d.AtPeak, d.Lost = slowest.took, slowest.lost
	return d
}

// A stop is how long a run that is told to stop takes, nil if it never ends, and what it drops.
type stop struct {
	took *time.Duration
	lost int64
}

// stopped stops the worst run at an instant.
func (s *Study) stopped(p *Plan, at time.Duration) (stop, error) {
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
	res, err := sim.Run(file, test, p.point.release, p.Peak.Seed, sim.Options{})
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

// An Advice is another setting of the sender, and the capacity that the worst run would need with it.
type Advice struct {
	Value  time.Duration `json:"value_ns"`
	From   time.Duration `json:"from_ns"`
	Needed int           `json:"needed"`
}

// timeoutAdvice looks for a shorter timeout where requests are given up; nil if that does not help.
func (s *Study) timeoutAdvice(p *Plan) (*Advice, error) {
	t := s.timeout()
	if p.Regime != Hang && p.Regime != Overload || t <= time.Second {
		return nil, nil
	}
	// Batches leave a hung Alertmanager's queue as fast as alerts come.
	v := p.point.Variant
	v.Timeout = max(time.Duration(float64(p.BatchSize)/max(p.Peak.Arrival, 1e-9)*float64(time.Second)).Truncate(100*time.Millisecond), time.Second)
	if v.Timeout >= t {
		return nil, nil
	}
	return s.advice(p, v, v.Timeout, t)
}

// resendAdvice looks for a longer resend delay, where the queue is not a burst's; nil if that does not help.
func (s *Study) resendAdvice(p *Plan) (*Advice, error) {
	if p.Regime != Hang && p.Regime != Overload && p.Regime != SlowAlertmanager {
		return nil, nil
	}
	v := p.point.Variant
	v.ResendDelay = 2 * max(s.file.Flags.ResendDelay, s.file.EvaluationInterval)
	return s.advice(p, v, v.ResendDelay, s.file.Flags.ResendDelay)
}

// advice runs the worst seed as v has it, which changes one setting; nil if that does not spare a quarter of the longest queue.
func (s *Study) advice(p *Plan, v Variant, value, from time.Duration) (*Advice, error) {
	file, test := v.apply(s.file, s.test)
	res, err := sim.Run(file, test, p.point.release, p.Peak.Seed, sim.Options{Unbounded: true})
	if err != nil {
		return nil, err
	}
	if n := ledger.Longest(res.Queues); n < (p.Peak.Waiting+p.Peak.Arriving)*3/4 {
		return &Advice{value, from, n}, nil
	}
	return nil, nil
}
