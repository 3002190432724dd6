package sim

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
)

// LiveOptions are what EngineLive needs to know beside the scenario.
//
// On the wall clock, the scenario happens as it is written: our Manager posts over TCP, to fake Alertmanagers on loopback that behave
// as the scenario says, one for each of its addresses, or to real ones. Times are the machine's. What a fake one takes is what it
// says, of a real one what it answered with 2xx. Once nothing can happen any more but expectations, they are judged at once.
type LiveOptions struct {
	// Tolerance is how much earlier or later than the scenario says an expectation may hold (see tolerance.go); 0 is DefaultTolerance.
	Tolerance time.Duration
	// MaxDuration is the longest that a run may take; 0 is DefaultMaxDuration.
	MaxDuration time.Duration
	// Alertmanagers are real ones, host:port, by their addresses in the scenario.
	Alertmanagers map[string]string
	// Stop, once closed, ends the run with ErrInterrupted.
	Stop <-chan struct{}
}

// The defaults of LiveOptions.
const (
	DefaultTolerance   = 200 * time.Millisecond
	DefaultMaxDuration = 10 * time.Minute
)

// ErrInterrupted is what a run ends with that was stopped from outside.
var ErrInterrupted = errors.New("interrupted")

// ErrNotLive is what a run ends with that the engine live cannot do.
var ErrNotLive = errors.New("engine live cannot run it")

// inLive runs r on the wall clock.
func (r *run) inLive() error {
	o := &r.options.Live
	if o.Tolerance == 0 {
		o.Tolerance = DefaultTolerance
	}
	if o.MaxDuration == 0 {
		o.MaxDuration = DefaultMaxDuration
	}
	if err := r.fitsLive(); err != nil {
		return fmt.Errorf("%w: %w", ErrNotLive, err)
	}
	r.live = newLiveHost(r)
	return r.drive(func(*sender) (host, error) { return r.live, nil })
}

// fitsLive returns why the engine cannot run the scenario, or nil.
func (r *run) fitsLive() error {
	o := r.options.Live
	if least := r.leastDuration(); least > o.MaxDuration {
		return fmt.Errorf("it takes %v of real time, and the limit is %v; make it shorter, write a duration, or allow more with --max-duration %v",
			Short(least), Short(o.MaxDuration), Short(least))
	}
	if r.replicas != nil {
		return fmt.Errorf("the test has %d replicas, and on the wall clock there is one sender; run it on another engine", len(r.senders))
	}
	for _, e := range r.test.Timeline {
		if e.ServerRestart != nil {
			return fmt.Errorf("%v: a server restarts, which on the wall clock none does; run it on another engine", place(e.Pos.File, e.Pos.Line, e.Pos.Col))
		}
	}
	for _, am := range r.test.Alertmanagers {
		if o.Alertmanagers[am.Address] != "" && am.Behaviour != (fakeam.Behaviour{}) {
			return fmt.Errorf("%v: %s is a real Alertmanager, which cannot be told to misbehave; leave --alertmanager %s or its behaviour out",
				place(am.Pos.File, am.Pos.Line, am.Pos.Col), am.Address, am.Address)
		}
	}
	for _, e := range r.test.Timeline {
		if e.Restart != nil {
			return fmt.Errorf("%v: on the wall clock no Alertmanager restarts; write a fault such as {refuse: true}, or use the engine model",
				place(e.Pos.File, e.Pos.Line, e.Pos.Col))
		}
		if e.Swizzle != nil {
			return fmt.Errorf("%v: on the wall clock there is no swizzle; write the faults one by one, or use the engine model",
				place(e.Pos.File, e.Pos.Line, e.Pos.Col))
		}
		if e.Fault != nil && o.Alertmanagers[e.Fault.Target] != "" {
			return fmt.Errorf("%v: %s is a real Alertmanager, which cannot be told to misbehave; leave --alertmanager %s or the fault out",
				place(e.Pos.File, e.Pos.Line, e.Pos.Col), e.Fault.Target, e.Fault.Target)
		}
	}
	return nil
}

func place(file string, line, col int) string { return fmt.Sprintf("%s:%d:%d", file, line, col) }

// leastDuration is how long the scenario takes at least.
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
			least = max(least, time.Duration(len(s.Firing))*r.file.EvaluationInterval+resolvedRetention)
		}
	}
	return least
}

// newAlertmanager returns the Alertmanager that decides what becomes of requests to an address: on the wall clock it is only there
// for the books, and a server decides.
func (r *run) newAlertmanager(address string, b fakeam.Behaviour) *fakeam.Alertmanager {
	if r.live == nil {
		return fakeam.New(address, b, r.seed)
	}
	r.live.behave(address, b)
	return fakeam.New(address, fakeam.Behaviour{Fault: fakeam.Fault{Hang: true}}, r.seed)
}

func (r *run) beginFault(p *receiver, f fakeam.Fault, key string) {
	if r.live == nil {
		p.am.BeginAt(r.now, f, key)
		return
	}
	r.fail(r.live.begins(p.address, f, key))
}

func (r *run) endFault(p *receiver, key string) {
	if r.live == nil {
		p.am.End(key)
		return
	}
	r.fail(r.live.ends(p.address, key))
}

// lingers reports whether Alertmanagers on the wall clock may still take alerts of which nobody waits for the answer.
func (g *rig) lingers() bool {
	if g.live == nil {
		return false
	}
	if g.live.busy() {
		return true
	}
	g.settled() // what they have taken
	return false
}

// idles reports whether there is nothing to wait for on the wall clock.
func (g *rig) idles() bool {
	if g.live == nil || len(g.visits) > 0 || g.stopping && !g.exited || g.locked() || g.live.busy() {
		return false
	}
	if g.measure(); slices.ContainsFunc(g.lanes, func(l *lane) bool { return l.queued() > 0 }) && !g.stopping && g.anybody() {
		return false
	}
	for e := range g.agenda.all() {
		if e.class() < classScrape {
			return false
		}
	}
	g.settled()
	return true
}

// happened books what happened on the wall clock.
func (g *rig) happened(h heard) {
	for _, t := range h.Taken {
		v := g.seen[t.Visit]
		if v == nil {
			g.fail(fmt.Errorf("%s took alerts that nobody posted", t.Address))
			continue
		}
		if g.cause = v.x.post; v.gaveUp {
			spans, n := spansTaken(appendBatches(nil, t.N, v.segs...))
			g.cause = g.emit(Event{Kind: KindLate, Alertmanagers: []string{t.Address}, N: n, spans: spans})
		}
		g.takeFirst(v.x.peer.receiver, v.segs, t.N)
	}
	for _, e := range h.Ended {
		v := g.seen[e.Visit]
		if !slices.Contains(g.visits, v) {
			continue
		}
		g.cause = v.x.post
		if e.Status/100 != 2 {
			v.gaveUp = e.Outcome == timeoutText
			v.x.end(core.Failed, e.Outcome)
			continue
		}
		if g.live.real(v.x.peer.address) {
			g.takeFirst(v.x.peer.receiver, v.segs, v.x.n)
		}
		v.x.took()
	}
}

// hostPort is an address as connections are made to it.
func hostPort(address string) string {
	if strings.Contains(address[strings.LastIndexByte(address, ']')+1:], ":") {
		return address
	}
	return address + ":80"
}
