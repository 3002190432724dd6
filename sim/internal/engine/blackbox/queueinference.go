package blackbox

import (
	"fmt"
	"slices"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/engine"
)

// A queue models one of the manager's queues: the copies that the manager put into it and has not posted yet, oldest
// first. The manager does not report its drops, but it posts in order, so a copy must have been dropped if a later copy
// is posted before it.
type queue struct {
	ams     []*core.Alertmanager // those that the queue feeds: all if it is shared, otherwise one
	waiting []segment
	dropped []segment // the last copies that the engine inferred to be dropped by the full queue
	set     *core.Set // the set that the queue was made for; a reload may have replaced the set by an equal one
	last    *batch    // the batch that was posted last
	// draining says that the queue's Alertmanager was removed and that the drain has begun, gone that the drain has
	// ended.
	draining, gone bool
}

// add records that seg enters a queue.
func (e *Engine) add(q *queue, seg segment) {
	if seg.Len() == 0 {
		return
	}
	e.Observer.Hold(q.ams, seg)
	q.waiting = append(q.waiting, seg)
}

// remove takes the copies of a batch off a queue, and records the copies before them as dropped.
func (e *Engine) remove(q *queue, segs []segment) error {
	for _, seg := range segs {
		for seg.Len() > 0 {
			if len(q.waiting) == 0 {
				return e.contradiction(q, seg, "posted out of order or twice")
			}
			first := &q.waiting[0]
			if first.Send != seg.Send || first.To <= seg.From {
				e.inferDrop(q, *first)
				q.waiting = q.waiting[1:]
				continue
			}
			if first.From < seg.From {
				e.inferDrop(q, segment{Send: first.Send, From: first.From, To: seg.From})
				first.From = seg.From
			}
			if first.From != seg.From {
				return e.contradiction(q, seg, "posted twice")
			}
			n := min(first.To, seg.To) - seg.From
			first.From += n
			seg.From += n
			if first.Len() == 0 {
				q.waiting = q.waiting[1:]
			}
		}
	}
	return nil
}

// contradiction returns the error about copies that are posted although they should not be in the queue any more. If
// the engine inferred that they were dropped as the oldest of a full queue, the notifier must have dropped other copies
// instead.
func (e *Engine) contradiction(q *queue, seg segment, what string) error {
	for _, d := range q.dropped {
		if d.Send == seg.Send && d.From < seg.To && seg.From < d.To {
			e.Observer.KeptOldest(q.ams, seg)
			break
		}
	}
	return fmt.Errorf("%s %s", e.text(seg), what)
}

func (e *Engine) text(segs ...segment) string { return e.world.Labels.Text(alerts.SpansOf(segs...)) }

// inferDrop records copies of a queue as dropped. Those that exceed the capacity at the beginning of a send larger than
// the queue have the reason batch_too_large, all others queue_full.
func (e *Engine) inferDrop(q *queue, seg segment) {
	if surplus := seg.Send.N - e.Flags.QueueCapacity; seg.From < surplus {
		large := segment{Send: seg.Send, From: seg.From, To: min(seg.To, surplus)}
		e.drop(q, large, core.BatchTooLarge)
		seg.From = large.To
	}
	e.drop(q, seg, core.QueueFull)
	if q.dropped = append(q.dropped, seg); len(q.dropped) > maxDropped {
		q.dropped = q.dropped[len(q.dropped)-maxDropped:]
	}
}

// maxDropped is how many segments of inferred drops a queue remembers.
const maxDropped = 64

func (e *Engine) drop(q *queue, seg segment, why core.Reason) {
	if seg.Len() > 0 {
		e.Observer.Dropped(q.ams, seg, why, nil)
	}
}

// dropAll records all waiting copies of a queue as dropped.
func (e *Engine) dropAll(q *queue, why core.Reason) {
	waiting := q.waiting
	q.waiting = nil
	for _, seg := range waiting {
		e.drop(q, seg, why)
	}
}

// trim records the oldest copies of a queue as dropped, until as many wait as the manager's metric says.
func (e *Engine) trim(q *queue, queued int) {
	for surplus := alerts.Count(q.waiting) - queued; surplus > 0 && len(q.waiting) > 0; {
		seg := q.waiting[0]
		n := min(surplus, seg.Len())
		surplus -= n
		if q.waiting[0].From += n; q.waiting[0].Len() == 0 {
			q.waiting = q.waiting[1:]
		}
		e.inferDrop(q, segment{Send: seg.Send, From: seg.From, To: seg.From + n})
	}
}

// find returns the Alertmanager with a URL, and the queue that feeds it.
func (e *Engine) find(url string) (*queue, *core.Alertmanager) {
	for _, q := range e.queues {
		i := slices.IndexFunc(q.ams, func(am *core.Alertmanager) bool { return am.String() == url })
		if i >= 0 && !q.gone {
			return q, q.ams[i]
		}
	}
	return nil, nil
}

// Measure implements engine.Engine: it reads the lengths of the queues from the metrics and infers what was dropped.
func (e *Engine) Measure() error {
	if e.Locked() || e.stopping || e.priming {
		return nil
	}
	samples, err := e.host.Samples()
	for _, s := range samples {
		if s.Name != queueLength {
			continue
		}
		for _, q := range e.queues {
			if s.Alertmanager == "" || q.ams[0].String() == s.Alertmanager {
				e.trim(q, int(s.Value))
			}
		}
	}
	return err
}

const queueLength = "prometheus_notifications_queue_length"

var _ engine.Engine = (*Engine)(nil)
