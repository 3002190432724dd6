package sim

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/live"
	"github.com/notifysim/notifysim/sim/internal/sender"
)

// LiveOptions are the options of EngineLive.
//
// The scenario happens on the wall clock: the Manager of package notifier posts over TCP to Alertmanagers. By default
// there is a fake Alertmanager on loopback for each address, which behaves as the scenario says; Alertmanagers can name
// real ones instead. A fake Alertmanager reports which copies it stores; a real one counts as having stored every
// request that it answers with 2xx. Once only expectations are left on the event queue, they are checked at once.
type LiveOptions struct {
	// Tolerance is how much earlier or later than the scenario says an expectation may hold; 0 means DefaultTolerance.
	Tolerance time.Duration
	// MaxDuration is the longest real time that a run may take; 0 means DefaultMaxDuration.
	MaxDuration time.Duration
	// Alertmanagers maps addresses in the scenario to the addresses (host:port) of real Alertmanagers.
	Alertmanagers map[string]string
	// Stop, once closed, ends the run with ErrInterrupted.
	Stop <-chan struct{}
}

// The defaults of LiveOptions.
const (
	DefaultTolerance   = 200 * time.Millisecond
	DefaultMaxDuration = 10 * time.Minute
)

// ErrInterrupted is the error of a run that was ended by LiveOptions.Stop.
var ErrInterrupted = live.ErrInterrupted

// ErrNotLive is the error of a run whose scenario the engine live cannot run.
var ErrNotLive = live.ErrUnable

// inLive runs r on the wall clock.
func (r *run) inLive() error {
	o := &r.options.Live
	o.Tolerance = cmp.Or(o.Tolerance, DefaultTolerance)
	o.MaxDuration = cmp.Or(o.MaxDuration, DefaultMaxDuration)
	if err := r.fitsLive(); err != nil {
		return fmt.Errorf("%w: %w", ErrNotLive, err)
	}
	r.live = live.New(live.Options{
		Flags: r.file.Flags, Release: r.release, Seed: r.world.Seed, Tolerance: o.Tolerance, MaxDuration: o.MaxDuration,
		Alertmanagers: o.Alertmanagers, Stop: o.Stop,
	})
	r.judged.Tolerance = o.Tolerance
	r.world.Round = time.Millisecond // shorter differences vary from run to run
	loop := r.newLoop()
	loop.Open = func(int) (blackbox.Host, error) { return r.live, nil }
	return r.drive(loop)
}

// fitsLive returns an error if the engine live cannot run the scenario.
func (r *run) fitsLive() error {
	o := r.options.Live
	if least := r.leastDuration(); least > o.MaxDuration {
		return fmt.Errorf("the test takes %v of real time, but the limit is %v; make it shorter, write a duration, or allow "+
			"more with --max-duration %v",
			text.Duration(least), text.Duration(o.MaxDuration), text.Duration(least))
	}
	if r.test.Replicas > 1 {
		return fmt.Errorf("the test has %d replicas, but the engine live has only one sender; run it on another engine",
			r.test.Replicas)
	}
	for _, e := range r.test.Timeline {
		if e.ServerRestart != nil {
			return fmt.Errorf("%v: the engine live cannot restart a server; run it on another engine",
				place(e.Pos.File, e.Pos.Line, e.Pos.Col))
		}
	}
	for _, am := range r.test.Alertmanagers {
		if o.Alertmanagers[am.Address] != "" && am.Behaviour != (fakeam.Behaviour{}) {
			return fmt.Errorf("%v: %s is a real Alertmanager, whose behaviour notifysim cannot change; leave out "+
				"--alertmanager %s or its behaviour",
				place(am.Pos.File, am.Pos.Line, am.Pos.Col), am.Address, am.Address)
		}
	}
	for _, e := range r.test.Timeline {
		if e.Restart != nil {
			return fmt.Errorf("%v: the engine live cannot restart an Alertmanager; write a fault such as {refuse: true}, or "+
				"use the engine model",
				place(e.Pos.File, e.Pos.Line, e.Pos.Col))
		}
		if e.Swizzle != nil {
			return fmt.Errorf("%v: the engine live does not support swizzle; write the faults one by one, or use "+
				"the engine model",
				place(e.Pos.File, e.Pos.Line, e.Pos.Col))
		}
		if e.Fault != nil && o.Alertmanagers[e.Fault.Target] != "" {
			return fmt.Errorf("%v: %s is a real Alertmanager, whose behaviour notifysim cannot change; leave out "+
				"--alertmanager %s or the fault",
				place(e.Pos.File, e.Pos.Line, e.Pos.Col), e.Fault.Target, e.Fault.Target)
		}
	}
	return nil
}

func place(file string, line, col int) string { return fmt.Sprintf("%s:%d:%d", file, line, col) }

// leastDuration returns the shortest real time in which the scenario can be over.
func (r *run) leastDuration() time.Duration {
	if r.test.Duration > 0 {
		return r.test.Duration
	}
	var least time.Duration
	for _, e := range r.test.Timeline {
		least = max(least, e.At)
		if e.Fault != nil {
			least = max(least, e.At+e.Fault.For)
		}
	}
	for _, s := range r.test.Series {
		if slices.Contains(s.Firing, true) {
			least = max(least, time.Duration(len(s.Firing))*r.file.EvaluationInterval+sender.ResolvedRetention)
		}
	}
	return least
}
