package sim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/adapter"
)

// An Engine is what runs a scenario.
type Engine string

// The engines. All but the last give the same ledger, the same metrics and the same canonical trace; where they do not, it is a bug
// of ours or a finding about Prometheus.
const (
	// EngineModel is the rules alone, in virtual time of our own.
	EngineModel Engine = "model"
	// EngineManager is our Manager, its goroutines and encoder, in a bubble.
	EngineManager Engine = "manager"
	// EnginePrometheus is the unmodified notifier of a real Prometheus release, in a bubble: of the module that this binary is built
	// with, or of another release in a child process, which is compiled when it is first needed.
	EnginePrometheus Engine = "prometheus"
	// EngineLive is our Manager on the wall clock, posting over HTTP to fake or real Alertmanagers. Its times are those of the
	// machine, so that nothing is compared with it exactly: see LiveOptions.
	EngineLive Engine = "live"
)

// engineGiven is what a Result calls the engine whose notifier the options make.
const engineGiven Engine = "given"

// Engines returns the engines whose time is virtual, which all give the same.
func Engines() []Engine { return []Engine{EngineModel, EngineManager, EnginePrometheus} }

// ParseEngine returns the engine of that name, the model for "".
func ParseEngine(s string) (Engine, error) {
	if s == "" {
		return EngineModel, nil
	}
	var names []string
	for _, e := range append(Engines(), EngineLive) {
		if string(e) == s {
			return e, nil
		}
		names = append(names, string(e))
	}
	return "", fmt.Errorf("engine %q is not known; write %s", s, strings.Join(names, " or "))
}

// Runs returns nil if the engine runs the release, and otherwise why not.
func (e Engine) Runs(rel *core.Release) error {
	if e == EnginePrometheus && !linked(rel) {
		_, err := adapter.Find(rel.Name)
		return err
	}
	return nil
}

// Builds reports whether the engine runs the release in a child process, which is compiled when it is first needed.
func (e Engine) Builds(rel *core.Release) bool {
	return e == EnginePrometheus && !linked(rel) && e.Runs(rel) == nil
}

// execute runs r to its end.
func (e Engine) execute(r *run) error {
	if r.options.Notifier != "" {
		if e != EnginePrometheus {
			return fmt.Errorf("engine %s has a notifier of its own; that in %s is for engine %s", e, r.options.Notifier, EnginePrometheus)
		}
		return r.inChild()
	}
	if r.options.New != nil {
		return r.inBubble(newPromManager(r.options.New))
	}
	if err := e.Runs(r.release); err != nil {
		return err
	}
	switch e {
	case EngineModel, "":
		return r.inModel()
	case EngineManager:
		return r.inBubble(newOurManager)
	case EnginePrometheus:
		if linked(r.release) {
			return r.inBubble(newPromManager(newPrometheus))
		}
		return r.inChild()
	case EngineLive:
		return r.inLive()
	}
	return fmt.Errorf("engine %q is not known", e)
}

// stuckAfter is for how long of real time a bubble may stand still.
const stuckAfter = 30 * time.Second

// ErrUnobservable is what a run ends with when its engine cannot show what the scenario asks for: the sender stops while
// calls of Send wait for its lock (they would go ahead, but a rig has not made them yet), or what Go's maps draw decides.
var ErrUnobservable = errors.New("this engine cannot show what the scenario asks for; use the engine model")

// errNotWedged is what a run ends with when the notifier goes on where by our rules it waits for ever.
var errNotWedged = errors.New("by our rules the notifier holds its lock for ever, but it does not")

// errStuck is what a bubble ends with when virtual time has stopped.
var errStuck = errors.New("virtual time stands still: a goroutine of the notifier waits for a mutex, or never ends")

// inBubble runs r with a manager.
func (r *run) inBubble(create func(scenarios.Flags, *core.Release, doFunc) manager) error {
	r.options.Phases = true
	patience := stuckAfter
	if r.options.Patience > 0 {
		patience = r.options.Patience
	}
	start := func(do doFunc) manager { return create(r.file.Flags, r.release, do) }
	if r.replicas == nil {
		return r.guarded(patience, inBubble, func() error {
			return r.drive(func(*sender) (host, error) { return newBubble(start), nil })
		})
	}
	return r.guarded(patience, func(f func()) { f() }, func() error {
		return r.drive(func(*sender) (host, error) { return newOutpost(start), nil })
	})
}

// guarded calls f in a bubble, or where else in says. It gives that up when the run makes no step for limit of real time.
func (r *run) guarded(limit time.Duration, in func(func()), f func() error) error {
	done := make(chan error, 1)
	go func() {
		err, crash := sheltered(in, f)
		if crash != nil && !r.senders[0].dead { // a bubble in which somebody waits for ever ends so
			err = crash
		}
		done <- err
	}()
	last, since := int64(-1), time.Now()
	for {
		select {
		case err := <-done:
			return err
		case <-time.After(limit / 10):
			if now := r.steps.Load(); now != last {
				last, since = now, time.Now()
			} else if time.Since(since) > limit {
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
		case KindSend, KindBlocked, KindPost, KindAnswer, KindLate,
			KindExpired, KindFalselyResolved, KindRefired, KindResurrected, KindTargets, KindMissed, KindReload, KindStop, KindStopped, KindStarted:
			e.Seq, e.Cause, e.Line, e.spans, e.segs = 0, 0, 0, nil, nil
			list = append(list, e)
		}
	}
	slices.SortStableFunc(list, func(a, b Event) int { return strings.Compare(a.sortKey(), b.sortKey()) })
	return list
}

func (e *Event) sortKey() string {
	return fmt.Sprintf("%020d %02d %s %s %s %d", e.At, e.Kind, strings.Join(e.Alertmanagers, ","), e.Alerts, e.Outcome, e.Replica)
}
