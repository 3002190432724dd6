package sim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/notifysim/notifysim/notifier"
)

// An Engine is what runs a scenario.
type Engine string

// The engines. All of them give the same ledger, the same metrics and the same canonical trace; where they do not, it is a bug of
// ours or a finding about Prometheus.
const (
	// EngineModel is the rules alone, in virtual time of our own.
	EngineModel Engine = "model"
	// EngineManager is our Manager, its goroutines and encoder, in a bubble.
	EngineManager Engine = "manager"
	// EnginePrometheus is the unmodified notifier of the Prometheus module that this binary is built with, in a bubble.
	EnginePrometheus Engine = "prometheus"
)

// Engines returns all engines.
func Engines() []Engine { return []Engine{EngineModel, EngineManager, EnginePrometheus} }

// ParseEngine returns the engine of that name.
func ParseEngine(s string) (Engine, error) {
	var names []string
	for _, e := range Engines() {
		if string(e) == s {
			return e, nil
		}
		names = append(names, string(e))
	}
	return "", fmt.Errorf("engine %q is not known; write %s", s, strings.Join(names, " or "))
}

// execute runs r to its end.
func (e Engine) execute(r *run) error {
	switch e {
	case EngineModel, "":
		m := newModel(r)
		if err := r.prepare(m); err != nil {
			return err
		}
		return m.execute()
	case EngineManager:
		if r.release.Queues == notifier.Shared {
			return fmt.Errorf("engine %s runs releases with a queue for each Alertmanager, v3.10 and later, not %s; use the engine model", e, r.release.Name)
		}
		return r.inBubble(newOurManager)
	case EnginePrometheus:
		if r.release.Line != notifier.Newest().Line {
			return fmt.Errorf("this binary carries the notifier of %s, not of %s", notifier.Newest().Name, r.release.Name)
		}
		return r.inBubble(newPrometheusManager)
	}
	return fmt.Errorf("engine %q is not known", e)
}

// stuckAfter is for how long of real time a bubble may stand still.
const stuckAfter = 30 * time.Second

// ErrUnobservable is what a run ends with when its engine cannot show what the scenario asks for: in a bubble, the sender stops
// while calls of Send wait for its lock. They would go ahead, but the engine has not made them yet.
var ErrUnobservable = errors.New("a bubble cannot show what becomes of a call of Send that waits while the sender stops; use the engine model")

// errStuck is what a bubble ends with when virtual time has stopped.
var errStuck = errors.New("virtual time stands still: a goroutine of the notifier waits for a mutex, or never ends")

// inBubble runs r with a manager.
func (r *run) inBubble(create func(*bubble) manager) error {
	r.options.Phases = true
	var steps atomic.Int64
	done := make(chan error, 1)
	go func() {
		var err error
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("the notifier panicked: %v", p)
			}
			done <- err
		}()
		inBubble(func() {
			b := newBubble(r, &steps)
			b.manager = create(b)
			if err = r.prepare(b); err == nil {
				err = b.execute()
			}
		})
	}()
	last, since := int64(-1), time.Now()
	for {
		select {
		case err := <-done:
			return err
		case <-time.After(stuckAfter / 10):
			if now := steps.Load(); now != last {
				last, since = now, time.Now()
			} else if time.Since(since) > stuckAfter {
				return errStuck
			}
		}
	}
}

// Canonical returns the events of a trace that every engine sees, in an order that does not depend on how goroutines are
// scheduled: by time, kind, Alertmanager and alerts. Numbers and causes are left out.
func Canonical(events []Event) []Event {
	var list []Event
	for _, e := range events {
		switch e.Kind {
		case KindSend, KindBlocked, KindPost, KindAnswer, KindLate, KindTargets, KindMissed, KindStop, KindStopped:
			e.Seq, e.Cause, e.Line, e.spans = 0, 0, 0, nil
			list = append(list, e)
		}
	}
	slices.SortStableFunc(list, func(a, b Event) int { return strings.Compare(a.sortKey(), b.sortKey()) })
	return list
}

func (e *Event) sortKey() string {
	return fmt.Sprintf("%020d %02d %s %s %s", e.At, e.Kind, strings.Join(e.Alertmanagers, ","), e.Alerts, e.Outcome)
}
