// Package model is the engine model: it drives notifier/core with the event queue and carries out the core's decisions
// in virtual time.
//
// It is one goroutine; the same calls give the same results on any machine. If requests follow each other and no other
// event happens between them, it may compute them together, with the same effects and reports as one by one. The
// package has no rules of its own about queues, batches or metrics.
//
// The package is internal to sim: it promises nothing to others.
package model

import (
	"fmt"
	"math"
	"slices"

	"github.com/prometheus/prometheus/discovery/targetgroup"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/network"
	"github.com/notifysim/notifysim/sim/ledger"
)

type (
	sendLoop = core.SendLoop[*alerts.Send]
	batch    = core.Batch[*alerts.Send]
	request  = core.Request[*alerts.Send]
	segment  = alerts.Segment
)

// A Model runs the notifier of one sender.
type Model struct {
	Options
	core  *core.Core[*alerts.Send]
	state engine.QueueState // the state of the queue at which copies arrived last

	samples      []engine.Sample
	sources      []sampleSource // where the value of each sample is stored
	samplesShape int            // the shape of the metrics when samples was last built

	priming bool // before 0s, while Prime runs
	primed  []*request
}

// Options are the options of a Model.
type Options struct {
	// Network carries the Model's requests; its World has the clock.
	Network  *network.Network
	Observer engine.Observer
	// Sender is the number of the sender that the Model belongs to.
	Sender  int
	Release *core.Release
	Flags   core.Options
	// Unbounded makes the capacity of all queues infinite.
	Unbounded bool
	// Depths, if not nil, records how long the queues are.
	Depths *ledger.QueueDepths
	// Orders has the orders of sets that the run follows where Prometheus' order is random.
	Orders *engine.SetOrders
	// FastForward fast-forwards requests of this Model; nil if there is a trace.
	FastForward *FastForward
}

// New returns a Model without Alertmanagers.
func New(o Options) *Model {
	m := &Model{Options: o}
	if o.Unbounded {
		o.Flags.QueueCapacity = math.MaxInt
	}
	m.core = core.New(o.Release, o.Flags, core.Driver[*alerts.Send]((*driver)(m)))
	return m
}

// Prime implements engine.Engine. The requests without alerts that old releases make at the first target update end
// before 0s.
func (m *Model) Prime(update func()) {
	m.priming = true
	update()
	for _, r := range m.primed {
		m.Observer.Primed(r.To)
		m.core.RequestDone(r, core.Delivered, 0)
	}
	m.priming, m.primed = false, nil
}

// ApplyConfig implements engine.Engine.
func (m *Model) ApplyConfig(r *engine.Reload) error {
	return m.core.ApplyConfig(r.Config, func() { m.Observer.Reloading(r) }, func() { m.Observer.Reloaded(r) })
}

// OfferTargets implements engine.Engine.
func (m *Model) OfferTargets(tsets map[string][]*targetgroup.Group) bool {
	if !m.core.TakesTargets() {
		return false
	}
	m.Observer.TargetsTaken()
	return m.core.OfferTargets(tsets, m.Observer.TargetsWrong)
}

// Send implements engine.Engine.
func (m *Model) Send(s *alerts.Send) { m.core.Send(s) }

// Locked implements engine.Engine.
func (m *Model) Locked() bool { return m.core.Locked() }

// Stop implements engine.Engine.
func (m *Model) Stop() { m.core.Stop() }

// HasAlertmanagers implements engine.Engine.
func (m *Model) HasAlertmanagers() bool {
	return slices.ContainsFunc(m.core.Sets(), func(set *core.Set) bool { return len(set.Active) > 0 })
}

// Holds implements engine.Engine with the sums that each target keeps up to date.
func (m *Model) Holds(p *network.Peer) (queued, inFlight int64) {
	for _, t := range p.Targets {
		inFlight += int64(t.AM.InFlight())
		if !t.Gone {
			queued += int64(t.Queue.(*sendLoop).Queue.Len())
		}
	}
	return queued, inFlight
}

// count computes what Holds returns by counting the copies in every send loop and request.
func (m *Model) count(p *network.Peer) (queued, inFlight int64) {
	for _, l := range m.core.Loops() {
		for _, am := range l.Targets {
			if network.TargetOf(am).Peer == p {
				queued += int64(l.Queue.Len())
			}
		}
		l.BatchesInFlight(func(b *batch) {
			b.Requests(func(r *request) {
				if network.TargetOf(r.To).Peer == p {
					inFlight += int64(r.N)
				}
			})
		})
	}
	return queued, inFlight
}

// EachWaiting implements engine.Engine.
func (m *Model) EachWaiting(f func(segment)) {
	for _, l := range m.core.Loops() {
		l.Queue.Each(f)
		l.BatchesInFlight(func(b *batch) {
			for _, seg := range b.Segments {
				f(seg)
			}
		})
	}
}

// Measure implements engine.Engine. The model sees all drops, so Measure only checks that Holds and count agree.
func (m *Model) Measure() error {
	for _, p := range m.Network.Peers(m.Sender) {
		queued, inFlight := m.Holds(p)
		if waiting, requested := m.count(p); queued != waiting || inFlight != requested {
			return fmt.Errorf("%s: the running totals are %d waiting and %d in flight alerts, but counting them gives %d and %d",
				p.Address, queued, inFlight, waiting, requested)
		}
	}
	return nil
}
