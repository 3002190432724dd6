package sim

import (
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/live"
	"github.com/notifysim/notifysim/sim/internal/engine/model"
	"github.com/notifysim/notifysim/sim/internal/eventqueue"
	"github.com/notifysim/notifysim/sim/internal/network"
	"github.com/notifysim/notifysim/sim/internal/sender"
	"github.com/notifysim/notifysim/sim/internal/verdict"
	"github.com/notifysim/notifysim/sim/internal/world"
	"github.com/notifysim/notifysim/sim/ledger"
)

// A run is a running test under one release and seed: the scenario, and the parts that simulate it.
type run struct {
	file    *scenarios.File
	test    *scenarios.Test
	release *core.Release
	options Options

	world   *world.World
	network *network.Network
	senders *sender.Group
	judged  *verdict.Run
	judge   *verdict.Judge
	live    *live.Host // nil on engines with virtual time

	orders      *engine.SetOrders // the orders of sets that remain to be followed
	fastForward *model.FastForward
	depths      []*ledger.QueueDepths
	nextScrape  int64 // the first scrape time at which the invariants have not yet read the metrics
}

// newRun returns a run that passes its events to log. If log is nil, the run has no trace.
func newRun(
	f *scenarios.File, t *scenarios.Test, rel *core.Release, seed uint64, log verdict.TraceLog, o Options,
) *run {
	w := &world.World{Seed: seed, Log: log, Progress: o.Progress}
	r := &run{
		file: f, test: t, release: rel, options: o, world: w, orders: o.Orders.Replay(),
		senders: sender.NewGroup(w, f, t, rel),
	}
	g := r.senders
	g.Unbounded, g.Scrapes = o.Unbounded, o.Scrapes
	r.network = g.Network
	r.network.New = r.newAlertmanager
	r.judged = &verdict.Run{
		World: w, Network: r.network, File: f, Test: t, Release: rel, Ledger: g.Ledger, Delays: g.Delays,
		Shutdown: g.Shutdown,
		Accounts: g.AlertAccounts,
		Firing:   r.firing, Scrapes: g.Store, Violations: g.Violations,
	}
	r.judge = verdict.New(r.judged)
	g.Failed = r.judge.Fail
	return r
}

// prepare applies the first configuration and puts all events of the scenario on the event queue. The senders must have
// their engines.
func (r *run) prepare() error {
	n := 0
	for i := range r.test.Series {
		n += len(r.test.Series[i].Alerts)
	}
	r.world.Labels = alerts.NewLabelSets(r.options.Labels, n, r.senders.AlertLog())
	r.senders.Phases = r.options.Phases
	r.senders.Begin()
	for _, am := range r.test.Alertmanagers {
		r.network.Behaving(am.Address, am.Behaviour)
	}
	if err := r.senders.ApplyConfig(); err != nil {
		return err
	}
	for i := range r.test.Timeline {
		r.plan(i, &r.test.Timeline[i])
	}
	if r.options.Monitor || r.judge.AsksPromQL() || len(r.file.RuleFiles) > 0 {
		r.senders.Scraped()
	}
	r.senders.PlanWorkload()
	r.judge.Plan()
	if r.test.Duration > 0 {
		r.world.Do(int64(r.test.Duration+r.judged.Tolerance), world.ClassEnd, 0, func() { r.world.Over = true })
	}
	return r.senders.PlanScrapes()
}

// finish runs the checks at the end of the run and stores the final accounts.
func (r *run) finish() { r.judged.Final = r.senders.Finish() }

// plan puts the i-th event of the timeline on the event queue.
func (r *run) plan(i int, e *scenarios.Event) {
	at := int64(e.At)
	line := e.Pos.Line
	do := func(c eventqueue.Class, f func(*sender.Sender)) {
		at := r.senders.Phase(at, c, i)
		for _, s := range r.senders.Senders() {
			if e.Of(s.Number() + 1) {
				r.world.Do(at, c, s.Place(i), func() {
					if r.world.Line = line; !s.Stopping() {
						f(s)
					} else {
						s.Missed(e)
					}
				})
			}
		}
	}
	switch {
	case e.Send != nil:
		send := r.senders.RawSend(i, e)
		if e.Send.Every != nil {
			r.planArrivals(i, e, send)
			break
		}
		do(world.ClassSend, send)
	case e.TargetGroups != nil:
		do(world.ClassTargets, func(s *sender.Sender) { s.Offer(i, e.TargetGroups) })
	case e.Reload != nil:
		do(world.ClassReload, func(s *sender.Sender) {
			s.Reload(&engine.Reload{Config: e.Reload.Config, Position: i, At: at})
		})
	case e.Shutdown != nil:
		do(world.ClassReload, (*sender.Sender).Stop)
	case e.ServerRestart != nil:
		r.senders.Horizon = max(r.senders.Horizon, at+int64(e.ServerRestart.Down))
		do(world.ClassReload, func(s *sender.Sender) { s.RestartLater(e.ServerRestart, at) })
	case e.Swizzle != nil:
		r.planSwizzle(i, line, at, e.Swizzle)
	case e.Restart != nil:
		r.planRestart(i, line, at, e.Restart)
	case e.Fault != nil:
		r.planFault(i, line, at, e.Fault)
	}
}

// firing returns, for each sender, the firing alerts with this name.
func (r *run) firing(alertname string) (list [][]verdict.FiringAlert) {
	for _, s := range r.senders.Senders() {
		var firing []verdict.FiringAlert
		s.Firing(alertname, func(ls, annotations labels.Labels) {
			firing = append(firing, verdict.FiringAlert{Labels: ls, Annotations: annotations})
		})
		list = append(list, firing)
	}
	return list
}

// newAlertmanager returns the Alertmanager at address, which decides on its responses. On the wall clock an HTTP server
// decides on them, so the returned Alertmanager never responds.
func (r *run) newAlertmanager(address string, b fakeam.Behaviour) *fakeam.Alertmanager {
	if r.live == nil {
		return fakeam.New(address, b, r.world.Seed)
	}
	r.live.Behave(address, b)
	return fakeam.New(address, fakeam.Behaviour{Fault: fakeam.Fault{Hang: true}}, r.world.Seed)
}

// delivery returns the delays for each Alertmanager and, under ledger.Any, for all together. It copies them, so that
// the result does not keep the accounts in memory.
func (r *run) delivery() map[string]*ledger.Delays {
	whole := *r.senders.Delays("")
	all := map[string]*ledger.Delays{ledger.Any: &whole}
	for _, am := range r.network.Alertmanagers() {
		delays := *r.senders.Delays(am.Address)
		all[am.Address] = &delays
	}
	return all
}
