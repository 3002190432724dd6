package sim

import (
	"fmt"
	"slices"

	"github.com/prometheus/prometheus/discovery/targetgroup"

	"github.com/notifysim/notifysim/notifier"
)

// Newer releases hold the manager's lock while they drain what waits for an Alertmanager that was removed, and Send waits for the
// lock. A goroutine that waits for a mutex would stop virtual time, so a rig makes the call when the lock is free, which is when
// the call would go ahead anyway.

// offer implements subject, as service discovery does it: it does not wait for the notifier.
func (g *rig) offer(tsets map[string][]*targetgroup.Group) bool {
	if g.locked() { // Run is busy with the last update
		return false
	}
	g.measure()
	taken, err := g.host.offer(tsets)
	if g.fail(err); err != nil || !taken {
		return false
	}
	g.cause = g.emit(Event{Kind: KindTargets})
	for _, set := range g.sets {
		tgs, ok := tsets[set.Key]
		if !ok {
			continue
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
	if g.release.Queues == notifier.Shared {
		g.lanes[0].ams = nil
		for _, set := range g.sets {
			g.lanes[0].ams = append(g.lanes[0].ams, set.Active...)
		}
	}
	g.turn()
	g.compares = true
	return true
}

// join begins to book for an Alertmanager that became active.
func (g *rig) join(am *notifier.Alertmanager) {
	p := g.peer(am.Address())
	am.Tag = p
	if g.release.Queues == notifier.Shared {
		g.books.touch(p).Offered += int64(g.lanes[0].queued())
	} else {
		g.lanes = append(g.lanes, &lane{ams: []*notifier.Alertmanager{am}})
	}
	g.emit(Event{Kind: KindJoin, Alertmanagers: []string{p.address}, Note: am.String()})
}

// leave begins the removal of an Alertmanager. What waits for it is drained, or lost at once.
func (g *rig) leave(am *notifier.Alertmanager) {
	p := am.Tag.(*peer)
	if g.release.Queues == notifier.Shared {
		g.books.touch(p).Dropped[notifier.Removed] += int64(g.lanes[0].queued())
		g.emit(Event{Kind: KindLeave, Alertmanagers: []string{p.address}, Note: am.String()})
		return
	}
	l, _ := g.find(am.String())
	if !g.file.Flags.DrainOnShutdown {
		g.lose(l, notifier.Removed)
	}
	g.leaving = append(g.leaving, l)
}

// turn goes through the lanes that are being drained: one is done when nothing waits and none of its drain's requests is in flight.
func (g *rig) turn() {
	for len(g.leaving) > 0 {
		l := g.leaving[0]
		l.draining = true
		if len(l.waiting) > 0 || slices.ContainsFunc(g.visits, func(v *visit) bool { return v.drains && v.lane == l }) {
			return
		}
		l.gone = true
		g.leaving = g.leaving[1:]
		g.emit(Event{Kind: KindLeave, Alertmanagers: []string{l.ams[0].Address()}, Note: l.ams[0].String()})
	}
	g.lanes = slices.DeleteFunc(g.lanes, func(l *lane) bool { return l.gone })
}

// locked implements subject.
func (g *rig) locked() bool { return len(g.leaving) > 0 }

// unlock makes one call that waited, once the lock is free, and reports whether there was one. Which of several goes first, and
// whether a send loop wakes up in between, is a matter of scheduling: here they go in their order, and it does.
func (g *rig) unlock() bool {
	if g.turn(); g.locked() {
		return false
	}
	if len(g.waiting) == 0 {
		return false
	}
	s := g.waiting[0]
	g.waiting = g.waiting[1:]
	g.hand(s)
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
	for _, src := range s.sources {
		for _, lset := range src.alerts {
			alerts = append(alerts, handed{
				Labels: lset, StartsAt: src.startsAt, EndsAt: src.endsAt, GeneratorURL: originURL(len(g.sends), len(alerts)),
			})
		}
	}
	g.sends = append(g.sends, s)
	whole := segment{Send: s, From: 0, To: s.n}
	if g.release.Queues == notifier.Shared {
		g.add(g.lanes[0], whole)
	} else {
		for _, set := range g.sets {
			seg := whole
			if len(set.Config.AlertRelabelConfigs) > 0 {
				seg = passing(set, &g.labelSets, whole)
			}
			for _, am := range set.Active {
				l, _ := g.find(am.String())
				g.add(l, seg)
			}
		}
	}
	g.fail(g.host.send(alerts))
	g.returned(s)
}

// stop implements subject.
func (g *rig) stop() {
	if len(g.waiting) > 0 {
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
		v.x.end(g.run, notifier.Cut, "cut")
	}
	for _, l := range g.lanes {
		g.lose(l, notifier.ShutDown)
	}
	g.emit(Event{Kind: KindStopped})
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
