package blackbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter/protocol"
)

// If the sets relabel the batches of a shared queue (v2.51 to v3.9), a request shows only the alerts that its set left,
// and if none are left there is no request. But these releases read the metric queue_length from the queue itself. So
// once all goroutines of the manager are blocked, the metric tells how many alerts have left the queue. Which alerts
// Send drops from a full queue follows from the length before. All other alerts that left the queue were popped in
// batches. All batches except the last were full, and only the last can be in flight.

// inferPopped infers which batches have left the queue since the last call; arrived are the requests for the last of
// them.
func (e *Engine) inferPopped(arrived []protocol.Arrival) error {
	if e.dead || e.exited || e.priming || e.stopping && e.Release.Stop == core.StopAborts {
		return nil // no batch leaves the queue
	}
	q := e.queues[0]
	queued, err := e.queueLength()
	if err != nil {
		return err
	}
	gone := alerts.Count(q.waiting) - queued
	if gone < 0 {
		return fmt.Errorf("queue_length is %d, but at most %d alerts can be in the queue", queued, alerts.Count(q.waiting))
	}
	size := e.Release.BatchSizeFor(e.Flags.BatchSize)
	for ; gone > size; gone -= size {
		if err := e.matchRequests(q, q.pop(size), nil); err != nil {
			return err
		}
	}
	if gone == 0 && len(arrived) > 0 {
		return fmt.Errorf("the notifier posted to %s, but no alert has left the queue", arrived[0].URL)
	}
	if gone == 0 {
		return nil
	}
	return e.matchRequests(q, q.pop(gone), arrived)
}

func (e *Engine) queueLength() (int, error) {
	samples, err := e.host.Samples()
	for _, s := range samples {
		if s.Name == queueLength {
			return int(s.Value), err
		}
	}
	return 0, errors.Join(errors.New("the notifier has no metric queue_length"), err)
}

// pop removes the oldest n copies from a queue and returns them.
func (q *queue) pop(n int) (segs []segment) {
	for n > 0 {
		seg := q.waiting[0]
		seg.To = min(seg.To, seg.From+n)
		n -= seg.Len()
		segs = append(segs, seg)
		if q.waiting[0].From = seg.To; q.waiting[0].Len() == 0 {
			q.waiting = q.waiting[1:]
		}
	}
	return segs
}

// matchRequests records the requests of a batch. For each Alertmanager whose set leaves some of the batch's alerts
// there must be one request with exactly these alerts.
func (e *Engine) matchRequests(q *queue, segs []segment, arrived []protocol.Arrival) error {
	carried := map[string][]postedAlert{}
	for _, a := range arrived {
		if am := e.active(a.URL); am == nil || carried[a.URL] != nil {
			return fmt.Errorf("the notifier posted to %s, which is not an active Alertmanager or already got this batch", a.URL)
		}
		var posted []postedAlert
		if err := json.Unmarshal(a.Body, &posted); err != nil {
			return fmt.Errorf("%s received the body %q: %w", a.URL, a.Body, err)
		}
		carried[a.URL] = posted
	}
	if err := e.inferSetOrder(segs, carried); err != nil {
		return err
	}
	n := alerts.Count(segs)
	b := &batch{queue: q, segs: segs, n: n, anyAlertmanager: e.HasAlertmanagers()}
	q.last = b
	e.Observer.BatchBegins(n)
	left := map[*core.Set][]segment{}
	for _, set := range e.sets {
		if len(set.Active) == 0 && e.Release.SetRelabel != core.SetRelabelDeadlocks { // the notifier does not relabel for it
			continue
		}
		left[set] = e.relabel(set, segs)
		kept := alerts.Count(left[set])
		for _, am := range set.Active {
			e.Observer.Skipped(am, n-kept)
		}
		if kept == 0 && e.Release.SetRelabel == core.SetRelabelDeadlocks {
			set.Deadlocked = true
		}
	}
	for _, a := range arrived {
		if e.Bodies != nil {
			e.Bodies(time.Duration(e.world.Now), a.URL, a.Body)
		}
		am := e.active(a.URL)
		carries := left[am.Set]
		e.Observer.Posting(am, carries, alerts.Count(carries))
		e.begin(q, b, am, a, carries, alerts.Count(carries))
	}
	if b.open == 0 {
		e.batchDone(b)
	}
	return nil
}

// inferSetOrder finds an order in which the sets could have relabelled a batch to produce these requests, and makes it
// the order of the sets. It is for releases in which the order matters. If several orders fit, they have the same
// outcome.
func (e *Engine) inferSetOrder(segs []segment, carried map[string][]postedAlert) error {
	const most = 6 // the most sets for which all orders are tried: 6 sets have 720 orders
	if !e.Release.SetsLeak(e.sets) {
		return e.checkRequests(segs, carried)
	}
	if len(e.sets) > most {
		return engine.ErrUnobservable
	}
	var first error
	for order := range permutations(len(e.sets)) {
		sets := make([]*core.Set, len(order))
		for i, n := range order {
			sets[i] = e.sets[n]
		}
		core.OrderSets(sets)
		err := e.checkRequests(segs, carried)
		if err == nil {
			e.Drawn.Add(e.Sender, order)
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return fmt.Errorf("no order of the sets' relabelling explains the requests of the batch: %w", first)
}

// permutations yields all permutations of 0 to n-1, first the identity. The caller may keep the slices.
func permutations(n int) func(yield func([]int) bool) {
	return func(yield func([]int) bool) {
		var extend func(order []int) bool
		extend = func(order []int) bool {
			if len(order) == n {
				return yield(slices.Clone(order))
			}
			for i := range n {
				if !slices.Contains(order, i) && !extend(append(order, i)) {
					return false
				}
			}
			return true
		}
		extend(nil)
	}
}

// checkRequests returns an error if relabelling the batch cannot result in these requests. It must not change any
// state, because it is called for several hypothetical orders of the sets.
func (e *Engine) checkRequests(segs []segment, carried map[string][]postedAlert) error {
	for _, set := range e.sets {
		if len(set.Active) == 0 {
			continue
		}
		rules := core.SetRelabeling(set)
		for _, am := range set.Active {
			if err := e.checkBody(rules, segs, carried[am.String()]); err != nil {
				return fmt.Errorf("the request to %s does not match the batch %s: %w", am, e.text(segs...), err)
			}
		}
	}
	return nil
}

// checkBody returns an error unless a body has exactly the alerts of a batch that relabelling leaves.
func (e *Engine) checkBody(rules core.Relabeling, segs []segment, got []postedAlert) error {
	i := 0
	for _, seg := range segs {
		for place := seg.From; place < seg.To; place++ {
			want, keep := rules.Apply(e.world.Labels.Of(seg.Send.Number(place)))
			switch {
			case !keep:
				continue
			case i == len(got):
				return fmt.Errorf("the alert %v is missing", want)
			case got[i].GeneratorURL != originURL(seg.Send.Index, place) || !labels.Equal(want, labels.FromMap(got[i].Labels)):
				return fmt.Errorf("it has the alert %v (%s) instead of %v", got[i].Labels, got[i].GeneratorURL, want)
			}
			i++
		}
	}
	if i < len(got) {
		return fmt.Errorf("the alert %v is not in the batch", got[i].Labels)
	}
	return nil
}

// relabel returns the copies of a batch that the relabelling of a set leaves.
func (e *Engine) relabel(set *core.Set, segs []segment) []segment {
	if core.SetRelabeling(set).IsZero() {
		return segs
	}
	var left []segment
	for _, seg := range segs {
		if seg = alerts.Relabel(set, e.world.Labels, seg); seg.Len() > 0 {
			left = append(left, seg)
		}
	}
	return left
}

// active returns the active Alertmanager with a URL, or nil if there is none.
func (e *Engine) active(url string) *core.Alertmanager {
	for _, set := range e.sets {
		for _, am := range set.Active {
			if am.String() == url {
				return am
			}
		}
	}
	return nil
}
