package sim

import (
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/notifier"
)

// Newer releases hold the manager's lock while they drain what waits for an Alertmanager that was removed, and Send waits for the
// lock. A goroutine that waits for a mutex would stop virtual time, so a bubble makes the call when the lock is free, which is when
// the call would go ahead anyway.

// join opens the lane of an Alertmanager that became active.
func (b *bubble) join(am *notifier.Alertmanager) {
	p := b.peer(am.Address())
	am.Tag = p
	b.lanes = append(b.lanes, &lane{am: am, peer: p})
	b.emit(Event{Kind: KindJoin, Alertmanagers: []string{p.address}, Note: am.String()})
}

// leave begins the removal of an Alertmanager. What waits for it is drained, or lost at once.
func (b *bubble) leave(am *notifier.Alertmanager) {
	l := b.lane(am.String())
	if !b.file.Flags.DrainOnShutdown {
		b.lose(l, notifier.Removed)
	}
	b.leaving = append(b.leaving, l)
}

func (b *bubble) lose(l *lane, why notifier.Reason) {
	for _, seg := range l.waiting {
		b.dropFor(l, seg, why)
	}
	l.waiting = nil
}

// turn goes through the lanes that are being drained: one is done when nothing waits and none of its drain's requests is in flight.
func (b *bubble) turn() {
	for len(b.leaving) > 0 {
		l := b.leaving[0]
		l.draining = true
		if len(l.waiting) > 0 || slices.ContainsFunc(b.visits, func(v *visit) bool { return v.turn && v.url == l.am.String() }) {
			return
		}
		l.gone = true
		b.leaving = b.leaving[1:]
		b.emit(Event{Kind: KindLeave, Alertmanagers: []string{l.peer.address}, Note: l.am.String()})
	}
	b.lanes = slices.DeleteFunc(b.lanes, func(l *lane) bool { return l.gone })
}

// locked implements subject.
func (b *bubble) locked() bool { return len(b.leaving) > 0 }

// unlock makes one call that waited, once the lock is free, and reports whether there was one. Which of several goes first, and
// whether a send loop wakes up in between, is a matter of scheduling: here they go in their order, and it does.
func (b *bubble) unlock() bool {
	if b.locked() {
		if b.turn(); b.locked() {
			return false
		}
		settle()
		b.compareAlertmanagers()
	}
	if len(b.waiting) == 0 {
		return false
	}
	s := b.waiting[0]
	b.waiting = b.waiting[1:]
	b.hand(s)
	return true
}

// send implements subject.
func (b *bubble) send(s *send) {
	if b.locked() {
		b.waiting = append(b.waiting, s)
		return
	}
	b.hand(s)
}

// hand calls Send.
func (b *bubble) hand(s *send) {
	b.admit(s)
	var alerts []handed
	for _, src := range s.sources {
		for _, lset := range src.alerts {
			alerts = append(alerts, handed{
				labels: lset, startsAt: b.epoch.Add(time.Duration(src.startsAt)), endsAt: b.epoch.Add(time.Duration(src.endsAt)),
				generatorURL: originURL(len(b.sends), len(alerts)),
			})
		}
	}
	b.sends = append(b.sends, s)
	whole := segment{Send: s, From: 0, To: s.n}
	for _, set := range b.sets {
		seg := whole
		if len(set.Config.AlertRelabelConfigs) > 0 {
			seg = relabel(set, &b.labelSets, whole)
		}
		for _, am := range set.Active {
			b.add(b.lane(am.String()), seg)
		}
	}
	b.manager.send(alerts)
	b.returned(s)
}

// stop implements subject.
func (b *bubble) stop() {
	if len(b.waiting) > 0 {
		b.fail(ErrUnobservable)
		return
	}
	b.measure()
	b.state = stageStops
	b.manager.Stop()
}

// exit is the end of the process: whatever is in flight or waits is lost.
func (b *bubble) exit() {
	b.state = stageStopped
	for _, v := range slices.Clone(b.visits) {
		v.x.end(b.run, notifier.Cut, "cut")
	}
	for _, l := range b.lanes {
		b.lose(l, notifier.ShutDown)
	}
	b.emit(Event{Kind: KindStopped})
}

// shut ends the bubble: the manager stops, and nobody is answered any more.
func (b *bubble) shut() {
	b.mu.Lock()
	b.closed = true
	for _, v := range b.arrived {
		v.answer <- reply{err: errExited}
	}
	b.mu.Unlock()
	for _, v := range b.visits {
		select {
		case v.answer <- reply{err: errExited}:
		default:
		}
	}
	b.manager.Stop()
}

// measure implements subject: it reads the lengths of the queues, and so learns what has been dropped.
func (b *bubble) measure() {
	if b.locked() || b.state != stageRuns {
		return
	}
	samples, err := b.manager.samples()
	if err != nil {
		b.fail(err)
		return
	}
	for _, s := range samples {
		if s.Name == "prometheus_notifications_queue_length" {
			for _, l := range b.lanes {
				if strings.TrimSpace(s.Alertmanager) == l.am.String() {
					b.trim(l, int(s.Value))
				}
			}
		}
	}
}
