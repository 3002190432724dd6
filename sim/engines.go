package sim

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox"
	"github.com/notifysim/notifysim/sim/internal/sender"
)

// An Engine names a way to run a scenario.
type Engine string

// The engines. All but EngineLive use virtual time and give the same ledger, metrics and canonical trace; a difference
// is a bug of this module or a finding about Prometheus.
const (
	// EngineModel runs notifier/core alone on an event queue, without goroutines or HTTP.
	EngineModel Engine = "model"
	// EngineManager runs the Manager of package notifier, with its goroutines and its encoder, in a synctest bubble.
	EngineManager Engine = "manager"
	// EnginePrometheus runs the unmodified notifier of a Prometheus release in a synctest bubble. The release that this
	// binary is linked with runs in this process. Another release runs in a child process, which is compiled when it is
	// first needed.
	EnginePrometheus Engine = "prometheus"
	// EngineLive runs the Manager of package notifier on the wall clock; it posts over HTTP to fake or real
	// Alertmanagers. Its times vary from run to run, so expectations have a tolerance (see LiveOptions).
	EngineLive Engine = "live"
)

// engineGiven is the value of Result.Engine if Options.New makes the notifier.
const engineGiven Engine = "given"

// Engines returns the engines with virtual time. All of them give the same results.
func Engines() []Engine { return []Engine{EngineModel, EngineManager, EnginePrometheus} }

// ParseEngine returns the engine called s, and EngineModel if s is "".
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

// Runs returns nil if the engine can run the release, and otherwise an error that says why it cannot.
func (e Engine) Runs(rel *core.Release) error {
	if e == EnginePrometheus {
		return blackbox.Runs(rel)
	}
	return nil
}

// Builds reports whether the engine runs the release in a child process, which it compiles when it first needs it.
func (e Engine) Builds(rel *core.Release) bool {
	return e == EnginePrometheus && !blackbox.IsLinked(rel) && e.Runs(rel) == nil
}

// Errors that a run returns if its engine or its notifier fails.
var (
	// ErrUnobservable means that the engine cannot determine the outcome of the scenario.
	ErrUnobservable = engine.ErrUnobservable
	// ErrStuck means that virtual time stood still: a goroutine of the notifier waits for a mutex, or never ends.
	ErrStuck = blackbox.ErrStuck
	// ErrPanicked means that the notifier panicked, ErrGoroutineLeft that one of its goroutines outlived the run.
	ErrPanicked, ErrGoroutineLeft = blackbox.ErrPanicked, blackbox.ErrGoroutineLeft
	// ErrChild means that a child process, which runs the notifier of another release, failed.
	ErrChild = blackbox.ErrChild
)

// Children are the child processes that run the notifiers of other releases and of forks. They are kept for the next
// run (see Options.Children).
type Children = blackbox.Children

// A Notifier is a notifier that Options.New supplies in place of the engine's own.
type Notifier = blackbox.Notifier

// A Sample is the value of one metric of the notifier at one scrape.
type Sample = engine.Sample

// SetOrders are the orders of Alertmanager sets that Go's random iteration over maps gave to real notifiers.
type SetOrders = engine.SetOrders

// execute runs r to the end.
func (e Engine) execute(r *run) error {
	if r.options.Notifier != "" && e != EnginePrometheus {
		return fmt.Errorf("engine %s has a notifier of its own; that in %s is for engine %s", e, r.options.Notifier,
			EnginePrometheus)
	}
	switch {
	case r.options.Notifier != "":
		return r.inChild()
	case r.options.New != nil:
		return r.inBubble(blackbox.Given(r.options.New))
	}
	if err := e.Runs(r.release); err != nil {
		return err
	}
	switch e {
	case EngineModel, "":
		return r.inModel()
	case EngineManager:
		return r.inBubble(blackbox.Ours)
	case EnginePrometheus:
		if blackbox.IsLinked(r.release) {
			return r.inBubble(blackbox.Given(blackbox.Prometheus))
		}
		return r.inChild()
	case EngineLive:
		return r.inLive()
	}
	return fmt.Errorf("engine %q is not known", e)
}

// inBubble runs r with the manager that create returns, in this process.
func (r *run) inBubble(create blackbox.Create) error {
	r.options.Phases = true
	loop := r.newLoop()
	patience := cmp.Or(r.options.Patience, blackbox.DefaultPatience)
	return loop.InBubble(patience, r.test.Replicas > 1, r.file.Flags, r.release, create,
		func() error { return r.drive(loop) })
}

// inChild runs r with the real notifier of its release, or with that in the folder Options.Notifier, in a child
// process.
func (r *run) inChild() error {
	children := r.options.Children
	if children == nil {
		children = &Children{}
		defer children.Close()
	}
	open, err := children.Open(r.release.Name, r.options.Notifier, r.file.Flags)
	if err != nil {
		return err
	}
	r.options.Phases = true
	loop := r.newLoop()
	loop.Open = open
	return r.drive(loop)
}

func (r *run) newLoop() *blackbox.Loop {
	g := r.senders
	stuck := func(hangs func(int) bool) bool { return g.Repeats > 0 && g.Stuck(hangs) }
	return &blackbox.Loop{World: r.world, Stuck: stuck}
}

// drive runs r with managers that package blackbox observes from outside.
func (r *run) drive(loop *blackbox.Loop) (err error) {
	defer func() {
		if closed := loop.Close(); err == nil {
			err = closed
		}
	}()
	r.senders.KeepSends = true
	r.senders.NewEngine = func(s *sender.Sender) (engine.Engine, error) {
		o := blackbox.Options{
			Network: r.network, Observer: s.Observer(), Sender: s.Number(), Release: r.release, Flags: r.file.Flags,
			Bodies: r.options.Bodies, Drawn: r.options.Drawn,
			Settled: func() {
				s.Check()
				r.judge.CheckPending()
			},
		}
		if r.live != nil {
			o.Live = r.live
		}
		return loop.NewEngine(o)
	}
	if err := r.senders.OpenEngines(); err != nil {
		return err
	}
	if err := r.prepare(); err != nil {
		return err
	}
	r.senders.Prime()
	loop.Run()
	if r.world.Err == nil {
		r.finish()
	}
	return r.world.Err
}
