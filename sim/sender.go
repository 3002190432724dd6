package sim

import (
	"slices"
	"time"

	"github.com/prometheus/prometheus/config"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
)

// A sender is a Prometheus server of the run: its notifier, its rules, what its service discovery knows, and the books of what it
// sends. The clock, the trace and the Alertmanagers are the run's.
type sender struct {
	*run
	number int // among the run's senders

	subject   subject
	guard     *watch
	rules     core.Relabeling
	configs   int // how many configurations there have been
	discovery discovery
	books     books
	touched   []*peer // whose accounts changed since the last check
	admitted  uint32  // calls of Send that went ahead
	blocked   []*send // calls of Send that wait for the manager's lock
	stopping  bool
	shutAt    time.Duration  // when Stop was called
	stopped   *time.Duration // when Run returned
	veiled    bool           // single sets relabel what comes from a shared queue
	dead      bool           // the manager, not a model, holds its lock for ever

	config   *config.Config           // the last, with which it would start again
	started  int64                    // when the server did
	life     int                      // how often it has started again
	restarts *scenarios.ServerRestart // while it stops or is down, if it will start again
	stopAt   int64                    // when the scenario has it stop for that

	ruleGroups []*ruleGroup
	freeSends  []*send // for reuse, unless keepSends
}

// peer returns the Alertmanager at an address as this sender has it.
func (s *sender) peer(address string) *peer { return s.books.peers[s.receiver(address).rank] }

// place is where on the agenda, among the actions of one instant and class, those of this sender are with a position.
func (s *sender) place(position int) int { return position*len(s.senders) + s.number }

// exchangePlaces are the places of the answers of the Alertmanager with a rank, and of what the sender does by itself about requests to
// it. Of one instant, what senders do by themselves comes first, one sender after the other, as it is heard of managers in bubbles.
func (s *sender) exchangePlaces(rank int) (answers, gaveUp int) {
	if s.replicas == nil {
		return rank, rank
	}
	return 1<<24 + s.place(rank), s.number<<16 + rank
}

// emit writes an event of this sender to the trace and returns its number.
func (s *sender) emit(e Event) int64 {
	if s.replicas != nil {
		e.Replica = s.number + 1
	}
	return s.run.emit(e)
}

// scrape reads the notifier's metrics, unless that would have to wait for its lock.
func (s *sender) scrape() {
	if s.subject.locked() || s.stopping {
		return
	}
	if s.guard.inferred {
		s.subject.measure()
	}
	samples, err := s.subject.samples()
	s.fail(err)
	s.guard.scraped(samples)
	if s.options.Scrapes != nil {
		s.options.Scrapes(time.Duration(s.now), s.number+1, slices.Clone(samples))
	}
}

// runReturned notes that the manager's Run has returned.
func (s *sender) runReturned() {
	s.guard.exited = true
	at := time.Duration(s.now)
	s.stopped = &at
	event := s.emit(Event{Kind: KindStopped})
	if s.restarts != nil {
		s.agenda.add(max(s.now, s.stopAt)+int64(s.restarts.Down), classReload, s.place(0), actionFunc(func(r *run) {
			r.cause = event
			r.fail(s.start())
		}))
	}
}

// letGo lets go of copies of alerts.
func (s *sender) letGo(seg segment) {
	root := seg.Send.root()
	root.open -= seg.Len()
	s.settle(root)
}
