package sim

import (
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/engine/model"
	"github.com/notifysim/notifysim/sim/internal/sender"
	"github.com/notifysim/notifysim/sim/ledger"
)

// inModel runs r on the engine model.
func (r *run) inModel() error {
	if err := r.openModels(); err != nil {
		return err
	}
	return r.play()
}

// openModels gives every sender an engine model, and plans the events of the scenario.
func (r *run) openModels() error {
	r.fastForward = model.NewFastForward(r.network)
	r.senders.NewEngine = r.newModel
	if err := r.senders.OpenEngines(); err != nil {
		return err
	}
	return r.prepare()
}

func (r *run) newModel(s *sender.Sender) (engine.Engine, error) {
	flags := r.file.Flags
	o := model.Options{
		Network: r.network, Observer: s.Observer(), Sender: s.Number(), Release: r.release,
		Flags: core.Options{
			QueueCapacity: flags.QueueCapacity, MaxBatchSize: flags.BatchSize, DrainOnShutdown: flags.DrainOnShutdown,
		},
		Unbounded: r.options.Unbounded, Orders: r.orders,
	}
	if r.world.Log == nil { // a trace needs every single event, so fast-forwarding is for runs without one
		o.FastForward = r.fastForward
	}
	if r.options.Queues || r.options.Unbounded {
		o.Depths = &ledger.QueueDepths{Release: r.release}
		r.depths = append(r.depths, o.Depths)
	}
	return model.New(o), nil
}

// play executes one event after the other until the event queue is empty or the run is over.
func (r *run) play() error {
	w, f, g := r.world, r.fastForward, r.senders
	g.Prime()
	hangs := func(sender int) bool { return g.Senders()[sender].Locked() }
	for !w.Over && w.Err == nil && (w.Queue.Len()+f.Len() > g.Repeats || !g.Stuck(hangs)) {
		w.Cause, w.Line = 0, 0
		if f.Len() == 0 || !f.Step() {
			e := w.Queue.Next()
			if e.At > r.nextScrape {
				f.Flush()
				r.scrapeBefore(e.At)
			}
			w.Now = e.At
			if f.Len() > 0 {
				f.FlushBefore(e.Value)
			}
			e.Value.Happen()
		}
		if g.Changed() {
			g.Check()
		}
		w.Advanced()
	}
	f.Flush()
	r.finish()
	return w.Err
}

// scrapeBefore passes the metrics to the invariants for the scrape times between the last event and the instant at.
// Metrics change only in events, so one scrape stands for all these times. Most scrapes are left out if no event lost
// alerts (see invariant.Checker.WantsScrape).
func (r *run) scrapeBefore(at int64) {
	if r.options.Scrapes != nil {
		return
	}
	interval := int64(r.file.ScrapeInterval)
	r.nextScrape = (at + interval - 1) / interval * interval
	r.senders.ScrapeBefore()
}
