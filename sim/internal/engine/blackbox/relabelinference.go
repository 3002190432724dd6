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

// If sets relabel what comes from a shared queue (v2.51 to v3.9), a request shows only what its set left of a batch,
// and if nothing is left there is no request. But the metric queue_length, which those releases read from the queue
// itself, tells how many alerts have left the queue once all goroutines of the manager wait. What Send pushes out of a
// full queue follows from the length before. All other alerts that left the queue were popped in batches; all but the
// last of these were full, and only the last can be in flight.

// inferPopped infers which batches have left the queue since the last time; arrived are the requests that were made of
// the last one.
func (e *Engine) inferPopped(arrived []protocol.Arrival) error {
	if e.dead || e.exited || e.priming || e.stopping && e.Release.Stop == core.StopAborts {
		return nil // nothing is popped
	}
	q := e.queues[0]
	queued, err := e.queueLength()
	if err != nil {
		return err
	}
	gone := alerts.Count(q.waiting) - queued
	if gone < 0 {
		return fmt.Errorf("queue_length is %d, though at most %d alerts are left", queued, alerts.Count(q.waiting))
	}
	size := e.Release.BatchSizeFor(e.Flags.BatchSize)
	for ; gone > size; gone -= size {
		if err := e.matchRequests(q, q.pop(size), nil); err != nil {
			return err
		}
	}
	if gone == 0 && len(arrived) > 0 {
		return fmt.Errorf("%s was posted to, but nothing has left the queue", arrived[0].URL)
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

// pop takes the oldest n copies off a queue.
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

// matchRequests records the requests of a batch. There must be one to each Alertmanager for which its set leaves
// alerts, with exactly those.
func (e *Engine) matchRequests(q *queue, segs []segment, arrived []protocol.Arrival) error {
	carried := map[string][]postedAlert{}
	for _, a := range arrived {
		if am := e.active(a.URL); am == nil || carried[a.URL] != nil {
			return fmt.Errorf("%s was posted to, which is no active Alertmanager, or twice", a.URL)
		}
		var posted []postedAlert
		if err := json.Unmarshal(a.Body, &posted); err != nil {
			return fmt.Errorf("%s was posted %q: %w", a.URL, a.Body, err)
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
		if len(set.Active) == 0 && e.Release.SetRelabel != core.SetRelabelDeadlocks { // it relabels nothing
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

// inferSetOrder finds an order of the sets' relabelling that explains the requests of a batch, in releases in which the
// order matters, and sets it. If several orders explain them, the outcome is the same.
func (e *Engine) inferSetOrder(segs []segment, carried map[string][]postedAlert) error {
	const most = 6 // sets, which have 720 orders
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
			if e.Ordered != nil {
				e.Ordered(order)
			}
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return fmt.Errorf("in whatever order the sets relabel: %w", first)
}

// permutations yields the permutations of 0 to n-1, the identity first. The callee may keep the slices.
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

// checkRequests returns an error if the requests cannot result from relabelling the batch. It is tried for hypothetical
// orders of the sets and must not change state.
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

// checkBody compares what rules leave of a batch with the alerts of a body.
func (e *Engine) checkBody(rules core.Relabeling, segs []segment, got []postedAlert) error {
	i := 0
	for _, seg := range segs {
		for place := seg.From; place < seg.To; place++ {
			want, keep := rules.Apply(e.world.Labels.Of(seg.Send.Number(place)))
			switch {
			case !keep:
				continue
			case i == len(got):
				return fmt.Errorf("%v is missing", want)
			case got[i].GeneratorURL != originURL(seg.Send.Index, place) || !labels.Equal(want, labels.FromMap(got[i].Labels)):
				return fmt.Errorf("%v (%s) instead of %v", got[i].Labels, got[i].GeneratorURL, want)
			}
			i++
		}
	}
	if i < len(got) {
		return fmt.Errorf("%v is not in the batch", got[i].Labels)
	}
	return nil
}

// relabel returns what a set leaves of a batch.
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

// active returns the active Alertmanager of a URL, nil if there is none.
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
