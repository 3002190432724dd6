package blackbox

import (
	"errors"
	"fmt"
	"slices"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/engine"
)

// Newer releases hold the manager's lock while they drain the queue of a removed Alertmanager, and Send waits for that
// lock. A goroutine that waits for a mutex would stop virtual time. So the engine calls Send only once the lock is
// free, which is when a real waiting call would continue.

// OfferTargets implements engine.Engine. Like service discovery it does not wait for the notifier. If a reload holds
// the lock, Run still receives one update and then waits for the lock.
func (e *Engine) OfferTargets(tsets map[string][]*targetgroup.Group) (taken bool) {
	if e.updating || e.stopping {
		return false
	}
	done := func() { e.updating = false }
	if !e.Locked() {
		e.lock.Change(func() { taken = e.update(tsets) }, done)
		return taken
	}
	e.Observer.TargetsTaken()
	event := e.world.Cause
	e.updating = true
	e.lock.Change(func() {
		e.world.Cause = event
		if !e.update(tsets) {
			e.world.Fail(errors.New("the notifier is idle, but its Run does not receive a target update"))
		}
	}, done)
	return true
}

// update offers a target update to the notifier and reports whether Run received it.
func (e *Engine) update(tsets map[string][]*targetgroup.Group) bool {
	e.world.Fail(e.Measure())
	taken, err := e.host.OfferTargets(tsets)
	if e.world.Fail(err); err != nil || !taken {
		return false
	}
	if !e.updating {
		e.Observer.TargetsTaken()
	}
	e.updating = true
	e.Observer.TargetsWrong(core.UnknownKeys(e.sets, tsets))
	deadlocked := core.UpdateSets(e.sets, tsets, func(_ *core.Set, joined, left []*core.Alertmanager, errs []error) {
		e.Observer.TargetsWrong(errs)
		for _, am := range joined {
			e.join(am)
		}
		for _, am := range left {
			e.leave(am)
		}
	})
	if deadlocked {
		e.dead = true
		e.lock.Hold()
		e.world.Fail(e.host.ExpectDeadlock())
		return true
	}
	e.changed()
	return true
}

// changed updates the queues after sets or Alertmanagers changed. If an Alertmanager left, it takes the lock until the
// queue is drained.
func (e *Engine) changed() {
	if e.Release.Queues == core.Shared {
		e.queues[0].ams = nil
		for _, set := range e.sets {
			e.queues[0].ams = append(e.queues[0].ams, set.Active...)
		}
	}
	e.comparesAddresses = true
	if len(e.leaving) > 0 {
		e.lock.Hold()
		e.beginDrains(false)
	}
}

// ApplyConfig implements engine.Engine.
func (e *Engine) ApplyConfig(r *engine.Reload) error {
	sets, err := core.NewSets(e.Release, r.Config)
	if err != nil {
		return err
	}
	e.lock.Change(func() { e.apply(r, sets) }, func() { e.Observer.Reloaded(r) })
	return nil
}

// apply makes sets the current sets, as the new configuration says.
func (e *Engine) apply(r *engine.Reload, sets []*core.Set) {
	if !r.First {
		e.world.Fail(e.Measure())
	}
	e.relabelsLater = RelabelsLater(e.Release, r.Config)
	e.Observer.Reloading(r)
	e.world.Fail(e.host.ApplyConfig(r.Config))
	copied, left := core.Inherit(e.Release, sets, e.sets)
	e.sets = sets
	for _, am := range copied {
		if e.Release.Queues == core.PerAlertmanager {
			e.world.Fail(engine.ErrUnobservable) // the random order of a Go map decides which of two equal sets keeps the queue
		}
		e.join(am)
	}
	for _, am := range left {
		e.leave(am)
	}
	e.changed()
}

// RelabelsLater reports whether sets relabel the batches of a shared queue.
func RelabelsLater(rel *core.Release, cfg *config.Config) bool {
	return rel.Queues == core.Shared && slices.ContainsFunc(cfg.AlertingConfig.AlertmanagerConfigs,
		func(amc *config.AlertmanagerConfig) bool { return len(amc.AlertRelabelConfigs) > 0 })
}

// join makes a queue for an Alertmanager that became active, and reports it to the observer.
func (e *Engine) join(am *core.Alertmanager) {
	if q, _ := e.find(am.String()); q != nil && e.Release.Queues == core.PerAlertmanager {
		// an Alertmanager in two sets has two queues, and a request does not show which of them it comes from
		e.world.Fail(engine.ErrUnobservable)
	}
	waiting := 0
	if e.Release.Queues == core.Shared {
		waiting = alerts.Count(e.queues[0].waiting)
	} else {
		e.queues = append(e.queues, &queue{ams: []*core.Alertmanager{am}, set: am.Set})
	}
	e.Observer.Join(am, waiting)
}

// leave begins the removal of an Alertmanager: its queue is drained, or discarded at once.
func (e *Engine) leave(am *core.Alertmanager) {
	if e.Release.Queues == core.Shared {
		e.Observer.Leave(am, alerts.Count(e.queues[0].waiting))
		return
	}
	q, _ := e.find(am.String())
	if !e.Flags.DrainOnShutdown {
		e.dropAll(q, core.Removed)
	}
	e.leaving = append(e.leaving, q)
}

// Locked implements engine.Engine.
func (e *Engine) Locked() bool { return e.lock.Held() }

// doWaiting makes the next call that waits for the lock if the lock is free, and reports whether it made one. In a real
// Manager the scheduler decides which of several waiting calls of Send comes first, and whether a send loop runs
// between them. Here calls come in the order in which they were made, and send loops run between them.
func (e *Engine) doWaiting() bool {
	e.drainNext()
	return e.lock.Next()
}

// compareAlertmanagers compares the manager's active Alertmanagers with those of the model.
func (e *Engine) compareAlertmanagers() {
	e.comparesAddresses = false
	var want []string
	for _, set := range e.sets {
		for _, am := range set.Active {
			want = append(want, am.String())
		}
	}
	got, err := e.host.Alertmanagers()
	e.world.Fail(err)
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) {
		e.world.Fail(fmt.Errorf("the notifier's active Alertmanagers are %v, but should be %v", got, want))
	}
}

// Send implements engine.Engine.
func (e *Engine) Send(s *alerts.Send) { e.lock.Read(func() { e.callSend(s) }) }

// callSend calls the manager's Send.
func (e *Engine) callSend(s *alerts.Send) {
	e.Observer.GoesAhead(s)
	var list []Alert
	before := 0
	for _, src := range s.Sources {
		before += src.EachPlace(func(lset labels.Labels, place int) {
			if place >= 0 {
				place += before
			}
			list = append(list, Alert{
				Labels: lset, StartsAt: src.StartsAt, EndsAt: src.EndsAt, GeneratorURL: originURL(len(e.sends), place),
			})
		})
	}
	s.Index = len(e.sends)
	e.sends = append(e.sends, s)
	e.queue(segment{Send: s, From: 0, To: s.N})
	e.world.Fail(e.host.Send(list))
	e.Observer.Returned(s)
}

// queue records that the copies of a send enter the queues.
func (e *Engine) queue(whole segment) {
	if e.Release.Queues == core.Shared {
		e.add(e.queues[0], whole)
		if e.relabelsLater {
			e.trim(e.queues[0], e.Flags.QueueCapacity)
		}
		return
	}
	relabel := func(set *core.Set, seg segment) segment { return alerts.Relabel(set, e.world.Labels, seg) }
	core.FanOut(e.sets, whole, relabel, func(am *core.Alertmanager, kept segment) {
		q, _ := e.find(am.String())
		if q == nil {
			return
		}
		if q.set != am.Set && len(am.Set.Config.AlertRelabelConfigs) > 0 { // a reload replaced the set by an equal one
			kept = relabel(q.set, whole)
		}
		e.add(q, kept)
	})
}

// Stop implements engine.Engine.
func (e *Engine) Stop() {
	defer func() { e.stopping = true }()
	if e.dead {
		return // Run waits for the lock for ever and does not react to the stop
	}
	if e.lock.Waits() || e.Locked() && !e.updating {
		e.world.Fail(engine.ErrUnobservable)
		return
	}
	e.world.Fail(e.Measure())
	e.world.Fail(e.host.Stop())
	if len(e.leaving) == 0 {
		e.closeAll()
	}
}

// exit records that Run has returned, so that all copies that wait or are in flight are lost.
func (e *Engine) exit() {
	e.exited = true
	for _, p := range slices.Clone(e.requests) {
		p.request.End(core.Cancelled, "cut")
	}
	for _, q := range e.queues {
		e.dropAll(q, core.ShutDown)
	}
	e.Observer.Stopped()
}
