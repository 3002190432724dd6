package sim

import (
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/engine/model"
	"github.com/notifysim/notifysim/sim/ledger"
)

// inModel runs r with the rules themselves.
func (r *run) inModel() error {
	r.newModels()
	if err := r.prepare(); err != nil {
		return err
	}
	return r.play()
}

// newModels gives every sender of a run a model.
func (r *run) newModels() {
	r.fastForward = model.NewFastForward(r.network)
	r.newEngine = func(s *sender) (engine.Engine, error) { return r.newModel(s), nil }
	for _, s := range r.senders {
		s.engine = r.newModel(s)
	}
}

func (r *run) newModel(s *sender) *model.Model {
	flags := r.file.Flags
	o := model.Options{
		Network: r.network, Observer: (*recorder)(s), Sender: s.number, Release: r.release,
		Flags: core.Options{
			QueueCapacity: flags.QueueCapacity, MaxBatchSize: flags.BatchSize, DrainOnShutdown: flags.DrainOnShutdown,
		},
		Unbounded: r.options.Unbounded, Orders: r.options.Orders,
	}
	if r.world.Log == nil {
		o.FastForward = r.fastForward
	}
	if r.options.Queues || r.options.Unbounded {
		o.Depths = &ledger.QueueDepths{Release: r.release}
		r.depths = append(r.depths, o.Depths)
	}
	return model.New(o)
}

// play goes through the events until none is left, or the run has ended.
func (r *run) play() error {
	r.prime()
	w, f := r.world, r.fastForward
	hangs := func(sender int) bool { return r.senders[sender].engine.Locked() }
	for !w.Over && w.Err == nil && (w.Queue.Len()+f.Len() > r.repeats || !r.stuck(hangs)) {
		w.Cause, w.Line = 0, 0
		if f.Len() == 0 || !f.Step() {
			e := w.Queue.Next()
			if e.At > r.nextScrape {
				f.Flush()
				r.scrapeBefore(e.At)
			}
			w.Now = e.At
			f.FlushBefore(e.Value)
			e.Value.Happen()
		}
		for _, s := range r.senders {
			s.check()
		}
	}
	f.Flush()
	r.finish()
	return w.Err
}

// scrapeBefore shows the invariants the metrics as they are at the scrape intervals that pass before an instant. Nothing happens in
// between: one look is as good as many. Where nothing was lost either, the counters of what went well are looked at now and then.
func (r *run) scrapeBefore(at int64) {
	if r.options.Scrapes != nil {
		return
	}
	interval := int64(r.file.ScrapeInterval)
	r.nextScrape = (at + interval - 1) / interval * interval
	for _, s := range r.senders {
		if s.checker.WantsScrape() {
			s.scrape()
		}
	}
}
