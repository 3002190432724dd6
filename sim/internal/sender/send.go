package sender

import (
	"slices"
	"time"

	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/world"
)

// RawSend returns a function that sends the alerts of the i-th event of the timeline.
func (g *Group) RawSend(i int, e *scenarios.Event) func(*Sender) {
	sources := make([]alerts.Source, len(g.senders))
	ids := g.sources.of(e.Send.Alerts)
	for i := range sources {
		sources[i] = alerts.Source{Alerts: e.Send.Alerts, Names: e.Send.Names, IDs: ids, Planned: true}
	}
	return func(s *Sender) {
		now := g.World.Now
		ends := now + int64(g.Release.ValidFor(g.File.EvaluationInterval, g.File.Flags.ResendDelay))
		g.sources.fireUntil(now, ends, ids)
		sources[s.number].Times = alerts.Times{StartsAt: now, EndsAt: ends, Until: ends}
		s.send(alerts.EvaluationKey{Position: i, At: now}, []*alerts.Source{&sources[s.number]}, nil)
	}
}

// send sends the alerts of sources in one call of Send and reports whether the call has returned. If it has not, the
// sender calls then when it does.
func (s *Sender) send(of alerts.EvaluationKey, sources []*alerts.Source, then func()) bool {
	call := s.newSend()
	call.Sources = append(call.Sources, sources...)
	if s.group.evaluations != nil {
		s.group.evaluations.Add(s.world.Now, of, call, slices.ContainsFunc(s.group.senders, (*Sender).waits))
	}
	if !s.engine.Locked() {
		s.engine.Send(call)
		return true
	}
	call.OnReturn = then
	s.blocked = append(s.blocked, call)
	s.accounts.Total.Blocked++
	s.emit(trace.Event{Kind: trace.KindBlocked, N: call.Offered()})
	s.checker.SendBlocked(call.Offered())
	s.engine.Send(call)
	return !slices.Contains(s.blocked, call)
}

// waits reports whether a call of Send is waiting for the manager's lock.
func (s *Sender) waits() bool { return len(s.blocked) > 0 }

// goesAhead records that a call of Send has got the manager's lock. The call's copies are those that the relabelling of
// Send leaves.
func (s *Sender) goesAhead(call *alerts.Send) {
	call.GoAhead(s.world.Labels, s.rules, s.configs)
	s.admitted++
	call.Order, call.RelabelledLater = s.admitted, s.relabelsLater
	s.checker.Disturb()
	s.accounts.Offer(call)
	s.world.Cause = s.emit(trace.Event{Kind: trace.KindSend, N: call.N, Spans: call.Spans})
}

// returned records that a call of Send has returned.
func (s *Sender) returned(call *alerts.Send) {
	call.Returned = true
	if i := slices.Index(s.blocked, call); i >= 0 {
		s.blocked = slices.Delete(s.blocked, i, i+1)
		if then := call.OnReturn; then != nil {
			s.world.Do(s.world.Now, world.ClassSend, 0, then)
		}
	}
	s.settle(call)
}

// settle finishes a call of Send once it has returned and no copy of it waits or is in flight: what became of its
// copies goes into the ledger.
func (s *Sender) settle(call *alerts.Send) {
	if call.Open > 0 || !call.Returned {
		return
	}
	anyAlertmanager := s.engine.HasAlertmanagers()
	if call.Evaluation != nil {
		call.Evaluation.Settle(call, anyAlertmanager)
	}
	if s.accounts.Settle(call, anyAlertmanager) != 0 {
		s.checker.Settled()
	}
	if s.group.scraper != nil {
		s.group.scraper.settle(call, anyAlertmanager)
	}
	if !s.group.KeepSends {
		s.freeSends = append(s.freeSends, call)
	}
}

func (s *Sender) newSend() *alerts.Send {
	n := len(s.freeSends)
	if n == 0 {
		return &alerts.Send{Begun: s.world.Now}
	}
	call := s.freeSends[n-1]
	s.freeSends = s.freeSends[:n-1]
	call.Reset(s.world.Now)
	return call
}

// runReturned records that the manager's Run has returned.
func (s *Sender) runReturned() {
	s.checker.Exited()
	at := time.Duration(s.world.Now)
	s.stopped = &at
	event := s.emit(trace.Event{Kind: trace.KindStopped})
	if s.restarts != nil {
		s.world.Do(max(s.world.Now, s.stopAt)+int64(s.restarts.Down), world.ClassReload, s.Place(0), func() {
			s.world.Cause = event
			s.world.Fail(s.start())
		})
	}
}
