package sim

import (
	"errors"
	"fmt"
	"slices"

	"github.com/prometheus/prometheus/discovery/targetgroup"

	"github.com/notifysim/notifysim/notifier/core"
)

// Newer releases hold the manager's lock while they drain what waits for an Alertmanager that was removed, and Send waits for the
// lock. A goroutine that waits for a mutex would stop virtual time, so a rig makes the call when the lock is free, which is when
// the call would go ahead anyway.

// offer implements subject, as service discovery does it: it does not wait for the notifier. While a reload holds the lock, Run
// takes an update and waits.
func (g *rig) offer(tsets map[string][]*targetgroup.Group) bool {
	if g.updating || g.stopping {
		return false
	}
	if !g.locked() {
		return g.update(tsets)
	}
	event := g.emit(Event{Kind: KindTargets})
	g.updating = true
	g.changes = append(g.changes, func() {
		g.cause = event
		if !g.update(tsets) {
			g.fail(errors.New("the notifier does not take a target update although it is idle"))
		}
	})
	return true
}

// update hands a target update over and reports whether it was taken.
func (g *rig) update(tsets map[string][]*targetgroup.Group) bool {
	g.measure()
	taken, err := g.host.offer(tsets)
	if g.fail(err); err != nil || !taken {
		return false
	}
	if !g.updating {
		g.cause = g.emit(Event{Kind: KindTargets})
	}
	for _, err := range core.UnknownKeys(g.sets, tsets) {
		g.emit(Event{Kind: KindTargets, Note: err.Error()})
	}
	for _, set := range g.sets {
		tgs, ok := tsets[set.Key]
		if !ok {
			continue
		}
		if set.Deadlocked {
			g.updating, g.dead = true, true
			g.fail(g.host.wedged())
			return true
		}
		joined, left, errs := set.Sync(tgs)
		for _, err := range errs {
			g.emit(Event{Kind: KindTargets, Note: err.Error()})
		}
		for _, am := range joined {
			g.join(am)
		}
		for _, am := range left {
			g.leave(am)
		}
	}
	g.updating = true
	g.changed(func() { g.updating = false })
	return true
}

// changed follows a change of sets or Alertmanagers. The lock is free when none of them has to be drained.
func (g *rig) changed(whenFree func()) {
	if g.release.Queues == core.Shared {
		g.lanes[0].ams = nil
		for _, set := range g.sets {
			g.lanes[0].ams = append(g.lanes[0].ams, set.Active...)
		}
	}
	g.whenFree = whenFree
	g.compares = true
	g.turn()
}

// applyConfig implements subject.
func (g *rig) applyConfig(rl *reload) error {
	sets, err := core.NewSets(g.release, rl.config)
	if err != nil {
		return err
	}
	if g.locked() {
		g.changes = append(g.changes, func() { g.apply(rl, sets) })
		return nil
	}
	g.apply(rl, sets)
	return nil
}

// apply makes sets those of a new configuration.
func (g *rig) apply(rl *reload, sets []*core.Set) {
	if !rl.first {
		g.measure()
	}
	g.reloading(rl)
	g.fail(g.host.apply(rl.config))
	copied, left := core.Inherit(g.release, sets, g.sets)
	g.sets = sets
	for _, am := range copied {
		if g.release.Queues == core.PerAlertmanager {
			g.fail(ErrUnobservable) // which of the sets alike has the queue is drawn by Go's maps
		}
		g.join(am)
	}
	for _, am := range left {
		g.leave(am)
	}
	g.changed(func() { g.reloaded(rl) })
}

// join begins to book for an Alertmanager that became active.
func (g *rig) join(am *core.Alertmanager) {
	if l, _ := g.find(am.String()); l != nil && g.release.Queues == core.PerAlertmanager {
		g.fail(ErrUnobservable) // an Alertmanager of two sets has two queues, and a request does not say of which it is
	}
	p := g.peer(am.Address())
	am.Tag = g.guard.joined(am, p)
	if g.release.Queues == core.Shared {
		p.touch().Offered += int64(g.lanes[0].queued())
	} else {
		g.lanes = append(g.lanes, &lane{ams: []*core.Alertmanager{am}, set: am.Set})
	}
	g.emit(Event{Kind: KindJoin, Alertmanagers: []string{p.address}, Note: am.String()})
}

// leave begins the removal of an Alertmanager. What waits for it is drained, or lost at once.
func (g *rig) leave(am *core.Alertmanager) {
	rc := am.Tag.(*recipient)
	p := rc.peer
	if g.release.Queues == core.Shared {
		g.guard.left(rc)
		p.touch().Dropped[core.Removed] += int64(g.lanes[0].queued())
		g.emit(Event{Kind: KindLeave, Alertmanagers: []string{p.address}, Note: am.String()})
		return
	}
	l, _ := g.find(am.String())
	if !g.file.Flags.DrainOnShutdown {
		g.lose(l, core.Removed)
	}
	g.leaving = append(g.leaving, l)
}

// turn goes through the lanes that are being drained: one is done when nothing waits and none of its drain's requests is in flight.
// The lock is free after the last.
func (g *rig) turn() {
	for len(g.leaving) > 0 {
		l := g.leaving[0]
		l.draining = true
		if len(l.waiting) > 0 || slices.ContainsFunc(g.visits, func(v *visit) bool { return v.drains && v.lane == l }) {
			return
		}
		l.gone = true
		g.guard.left(l.ams[0].Tag.(*recipient))
		g.leaving = g.leaving[1:]
		g.emit(Event{Kind: KindLeave, Alertmanagers: []string{l.ams[0].Address()}, Note: l.ams[0].String()})
	}
	g.lanes = slices.DeleteFunc(g.lanes, func(l *lane) bool { return l.gone })
	if f := g.whenFree; f != nil {
		g.whenFree = nil
		f()
	}
}

// locked implements subject.
func (g *rig) locked() bool { return len(g.leaving) > 0 || g.dead }

// unlock does one thing that waited, once the lock is free, and reports whether there was one. Calls of Send go before changes, as
// a sync.RWMutex has it. Which of several goes first, and whether a send loop wakes up in between, is a matter of scheduling: here
// they go in their order, and it does.
func (g *rig) unlock() bool {
	if g.turn(); g.locked() {
		return false
	}
	switch {
	case len(g.waiting) > 0:
		s := g.waiting[0]
		g.waiting = g.waiting[1:]
		g.hand(s)
	case len(g.changes) > 0:
		change := g.changes[0]
		g.changes = g.changes[1:]
		change()
	default:
		return false
	}
	return true
}

// compareAlertmanagers compares the active Alertmanagers with what our rules say.
func (g *rig) compareAlertmanagers() {
	g.compares = false
	var want []string
	for _, set := range g.sets {
		for _, am := range set.Active {
			want = append(want, am.String())
		}
	}
	got, err := g.host.alertmanagers()
	g.fail(err)
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(want, got) {
		g.fail(fmt.Errorf("the notifier's Alertmanagers are %v, and by our rules %v", got, want))
	}
}

// send implements subject.
func (g *rig) send(s *send) {
	if g.locked() {
		g.waiting = append(g.waiting, s)
		return
	}
	g.hand(s)
}

// hand calls Send.
func (g *rig) hand(s *send) {
	g.admit(s)
	var alerts []handed
	before := 0
	for _, src := range s.sources {
		for i, lset := range src.alerts {
			place := int(src.places[i])
			if place >= 0 {
				place += before
			}
			alerts = append(alerts, handed{
				Labels: lset, StartsAt: src.startsAt, EndsAt: src.endsAt, GeneratorURL: originURL(len(g.sends), place),
			})
		}
		before += src.n
	}
	s.index = len(g.sends)
	g.sends = append(g.sends, s)
	whole := segment{Send: s, From: 0, To: s.n}
	if g.release.Queues == core.Shared {
		g.add(g.lanes[0], whole)
		if g.veiled {
			g.trim(g.lanes[0], g.file.Flags.QueueCapacity)
		}
	} else {
		for _, set := range g.sets {
			seg := whole
			relabels := len(set.Config.AlertRelabelConfigs) > 0
			if relabels {
				seg = passing(set, &g.labelSets, whole)
			}
			for _, am := range set.Active {
				l, _ := g.find(am.String())
				if l == nil {
					continue
				}
				if relabels {
					seg = passing(l.set, &g.labelSets, whole)
				}
				g.add(l, seg)
			}
		}
	}
	g.fail(g.host.send(alerts))
	g.returned(s)
}

// stop implements subject.
func (g *rig) stop() {
	if g.dead {
		return // Run never hears of it
	}
	if len(g.waiting) > 0 || len(g.changes) > 0 || g.locked() && !g.updating {
		g.fail(ErrUnobservable)
		return
	}
	g.measure()
	g.fail(g.host.stop())
}

// exit is the end of the process: whatever is in flight or waits is lost.
func (g *rig) exit() {
	g.exited = true
	for _, v := range slices.Clone(g.visits) {
		v.x.end(core.Cancelled, "cut")
	}
	for _, l := range g.lanes {
		g.lose(l, core.ShutDown)
	}
	g.runReturned()
}

// measure implements subject: it reads the lengths of the queues, and so learns what has been dropped.
func (g *rig) measure() {
	if g.locked() || g.stopping || g.priming {
		return
	}
	samples, err := g.host.samples()
	g.fail(err)
	for _, s := range samples {
		if s.Name != "prometheus_notifications_queue_length" {
			continue
		}
		for _, l := range g.lanes {
			if s.Alertmanager == "" || l.ams[0].String() == s.Alertmanager {
				g.trim(l, int(s.Value))
			}
		}
	}
}
