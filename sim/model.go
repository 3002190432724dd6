package sim

import (
	"fmt"
	"math"
	"slices"

	"github.com/prometheus/prometheus/discovery/targetgroup"

	"github.com/notifysim/notifysim/notifier/core"
)

// A model is the engine of that name: the rules themselves, whose decisions it carries out on the run's agenda.
type model struct {
	*sender
	core *core.Core[*send]
	// What the queue held when the last send arrived, and how much arrived.
	queued, arriving int

	depths *depthWatch // nil: nobody asks

	batches int // that sets have been put into an order for

	sampled   []Sample // what the metrics were, and where their values stand
	readings  []reading
	sampledAs int // the shape that they had

	priming bool // before 0s
	primed  []*request
}

type (
	flight  = core.Batch[*send]
	request = core.Request[*send]
)

func newModel(s *sender) *model {
	r := s.run
	m := &model{sender: s}
	capacity := r.file.Flags.QueueCapacity
	if r.options.Unbounded {
		capacity = math.MaxInt
	}
	if r.options.Queues || r.options.Unbounded {
		m.depths = &depthWatch{run: r}
		r.watched = append(r.watched, m.depths)
	}
	m.core = core.New(r.release, core.Options{
		QueueCapacity: capacity, MaxBatchSize: r.file.Flags.BatchSize, DrainOnShutdown: r.file.Flags.DrainOnShutdown,
	}, m)
	return m
}

// inModel runs r with the rules themselves.
func (r *run) inModel() error {
	models := newModels(r)
	if err := r.prepare(); err != nil {
		return err
	}
	return r.play(models)
}

// newModels gives every sender of a run a model.
func newModels(r *run) []*model {
	list := make([]*model, len(r.senders))
	r.create = func(s *sender) (subject, error) {
		list[s.number] = newModel(s)
		return list[s.number], nil
	}
	for i, s := range r.senders {
		list[i] = newModel(s)
		s.subject = list[i]
	}
	return list
}

// play goes through the agenda until nothing is left on it, or the run has ended.
func (r *run) play(models []*model) error {
	r.prime()
	hangs := func(s *sender) bool { return models[s.number].core.Locked() }
	for !r.over && r.err == nil && (r.agenda.len()+len(r.streaks) > r.repeats || !r.stuck(hangs)) {
		r.cause, r.line = 0, 0
		if len(r.streaks) == 0 || !r.foresee() {
			e := r.agenda.next()
			if e.at > r.nextScrape {
				r.bookStreaks()
				r.scrapeBefore(models, e.at)
			}
			r.now = e.at
			if len(r.streaks) > 0 {
				r.bookBefore(e.what)
			}
			e.what.act(r)
		}
		if r.unchecked {
			r.unchecked = false
			for _, m := range models {
				m.check()
			}
		}
	}
	r.bookStreaks()
	r.finish()
	r.depths = depths(r.watched)
	return r.err
}

// prime implements subject. The requests without alerts that old releases make of the first target update are over at 0s.
func (m *model) prime(update func()) {
	m.priming = true
	update()
	for _, req := range m.primed {
		m.guard.primed(req.To)
		m.core.RequestDone(req, core.Delivered, 0)
	}
	m.priming, m.primed = false, nil
}

// applyConfig implements subject.
func (m *model) applyConfig(rl *reload) error {
	return m.core.ApplyConfig(rl.config, func() { m.reloading(rl) }, func() { m.reloaded(rl) })
}

// offer implements subject.
func (m *model) offer(tsets map[string][]*targetgroup.Group) bool {
	if !m.core.TakesTargets() {
		return false
	}
	m.cause = m.emit(Event{Kind: KindTargets})
	return m.core.OfferTargets(tsets, func(errs []error) {
		for _, err := range errs {
			m.emit(Event{Kind: KindTargets, Note: err.Error()})
		}
	})
}

// send implements subject.
func (m *model) send(s *send) { m.core.Send(s) }

// locked implements subject.
func (m *model) locked() bool { return m.core.Locked() }

// stop implements subject.
func (m *model) stop() { m.core.Stop() }

// anybody implements subject.
func (m *model) anybody() bool {
	return slices.ContainsFunc(m.core.Sets(), func(set *core.Set) bool { return len(set.Active) > 0 })
}

// holds implements subject: what waits and what is in flight is read off the send loops.
func (m *model) holds(p *peer) (queued, inFlight int64) {
	for _, rc := range p.recipients {
		inFlight += int64(rc.am.InFlight())
		if !rc.gone {
			queued += int64(rc.loop.Queue.Len())
		}
	}
	return queued, inFlight
}

// queued is how many alerts wait for p in the queues of its send loops.
func (p *peer) queued() (n int64) {
	for _, l := range p.loops {
		for _, am := range l.Targets {
			if am.Tag.(*recipient).peer == p {
				n += int64(l.Queue.Len())
			}
		}
	}
	return n
}

// inFlight is how many alerts are in flight to p, request by request.
func (p *peer) inFlight() (n int64) {
	for _, l := range p.loops {
		l.BatchesInFlight(func(f *flight) {
			f.Requests(func(r *request) {
				if r.To.Tag.(*recipient).peer == p {
					n += int64(r.N)
				}
			})
		})
	}
	return n
}

// open implements subject.
func (m *model) open(each func(segment)) {
	for _, l := range m.core.Loops() {
		l.Queue.Each(each)
		l.BatchesInFlight(func(f *flight) {
			for _, seg := range f.Segments {
				each(seg)
			}
		})
	}
}

// measure implements subject. The rules hide nothing; what they count is counted again.
func (m *model) measure() {
	for _, p := range m.books.peers {
		if queued, inFlight := m.holds(p); queued != p.queued() || inFlight != p.inFlight() {
			m.fail(fmt.Errorf("%s: %d alerts are said to wait and %d to be in flight, and it is %d and %d", p.address, queued, inFlight, p.queued(), p.inFlight()))
		}
	}
}
