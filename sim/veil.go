package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier/core"
)

// Where single sets relabel what comes from a shared queue (v2.51 to v3.9), a request shows only what its set left of a batch, and
// a batch of which nothing is left shows in no request at all. But queue_length, which those releases read off the queue itself,
// says how much has left it once the manager has settled. What Send pushes out of a full queue is known from its length before;
// all else that is gone was popped, in full batches but for the last, and only the last can be in flight.

// unveil follows what has left the queue since the last time; arrived are the requests that were made of it.
func (g *rig) unveil(arrived []arrival) error {
	if g.dead || g.exited || g.priming || g.stopping && g.release.Stop == core.StopAborts {
		return nil // nothing is popped
	}
	l := g.lanes[0]
	queued, err := g.queueLength()
	if err != nil {
		return err
	}
	gone := l.queued() - queued
	if gone < 0 {
		return fmt.Errorf("the queue is of %d alerts, though at most %d are left", queued, l.queued())
	}
	size := g.release.BatchSizeFor(g.file.Flags.BatchSize)
	for ; gone > size; gone -= size {
		if err := g.fly(l, l.pop(size), nil); err != nil {
			return err
		}
	}
	if gone == 0 && len(arrived) > 0 {
		return fmt.Errorf("%s was posted to, but nothing has left the queue", arrived[0].URL)
	}
	if gone == 0 {
		return nil
	}
	return g.fly(l, l.pop(gone), arrived)
}

func (g *rig) queueLength() (int, error) {
	samples, err := g.host.samples()
	for _, s := range samples {
		if s.Name == "prometheus_notifications_queue_length" {
			return int(s.Value), err
		}
	}
	return 0, errors.Join(errors.New("the notifier has no metric queue_length"), err)
}

// pop takes the oldest n alerts off a lane.
func (l *lane) pop(n int) (batch []segment) {
	for n > 0 {
		seg := l.waiting[0]
		seg.To = min(seg.To, seg.From+n)
		n -= seg.Len()
		batch = append(batch, seg)
		if l.waiting[0].From = seg.To; l.waiting[0].Len() == 0 {
			l.waiting = l.waiting[1:]
		}
	}
	return batch
}

// fly follows a batch to the Alertmanagers that were asked to take what their sets left of it. All of them must have been that
// something is left for, with exactly that.
func (g *rig) fly(l *lane, segs []segment, arrived []arrival) error {
	carried := map[string][]posted{}
	for _, a := range arrived {
		if am := g.active(a.URL); am == nil || carried[a.URL] != nil {
			return fmt.Errorf("%s was posted to, which is no active Alertmanager, or twice", a.URL)
		}
		var alerts []posted
		if err := json.Unmarshal(a.Body, &alerts); err != nil {
			return fmt.Errorf("%s was posted %q: %w", a.URL, a.Body, err)
		}
		carried[a.URL] = alerts
	}
	if err := g.precede(segs, carried); err != nil {
		return err
	}
	b := &batch{segs: segs, anybody: g.anybody()}
	l.last = b
	whole := lenOf(segs)
	g.guard.flight.launched(whole)
	left := map[*core.Set][]segment{}
	for _, set := range g.sets {
		if len(set.Active) == 0 && g.release.SetRelabel != core.SetRelabelDeadlocks { // it relabels nothing
			continue
		}
		left[set] = g.passing(set, segs)
		n := lenOf(left[set])
		for _, am := range set.Active {
			am.Tag.(*recipient).peer.touch().Offered -= int64(whole - n)
		}
		if n == 0 && g.release.SetRelabel == core.SetRelabelDeadlocks {
			set.Deadlocked = true
		}
	}
	for _, a := range arrived {
		if g.options.Bodies != nil {
			g.options.Bodies(time.Duration(g.now), a.URL, a.Body)
		}
		am := g.active(a.URL)
		g.guard.posted(am.Tag.(*recipient), left[am.Set], lenOf(left[am.Set]))
		g.visit(l, b, am, a, left[am.Set], lenOf(left[am.Set]))
	}
	if b.open == 0 {
		g.guard.landed(false, false)
		g.land(b)
	}
	return nil
}

// precede finds out in which order the sets relabelled a batch, where that shows, and has them be in it: one that explains the
// requests. Several may; then they do not differ.
func (g *rig) precede(segs []segment, carried map[string][]posted) error {
	const most = 6 // sets, which have 720 orders
	if !g.release.SetsLeak(g.sets) {
		return g.explained(segs, carried)
	}
	if len(g.sets) > most {
		return ErrUnobservable
	}
	var first error
	for order := range orders(len(g.sets)) {
		sets := make([]*core.Set, len(order))
		for i, n := range order {
			sets[i] = g.sets[n]
		}
		core.OrderSets(sets)
		err := g.explained(segs, carried)
		if err == nil {
			if g.options.Ordered != nil {
				g.options.Ordered(order)
			}
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return fmt.Errorf("in whatever order the sets relabel: %w", first)
}

// orders yields the orders of n things, their own first. Each is the callee's to keep.
func orders(n int) func(yield func([]int) bool) {
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

// explained reports as an error what of the requests is not what our rules make of the batch. It is asked of orders that never were,
// so it leaves nothing behind.
func (g *rig) explained(segs []segment, carried map[string][]posted) error {
	for _, set := range g.sets {
		if len(set.Active) == 0 {
			continue
		}
		rules := core.SetRelabeling(set)
		for _, am := range set.Active {
			if err := g.sameAlerts(rules, segs, carried[am.String()]); err != nil {
				return fmt.Errorf("%s was posted what is not in the batch %s: %w", am, g.labelSets.alerts(spansOf(segs...)), err)
			}
		}
	}
	return nil
}

// sameAlerts compares what rules leave of a batch with the alerts of a body.
func (g *rig) sameAlerts(rules core.Relabeling, batch []segment, got []posted) error {
	i := 0
	for _, seg := range batch {
		for place := seg.From; place < seg.To; place++ {
			want, keep := rules.Apply(g.labelSets.of(seg.Send.number(place)))
			switch {
			case !keep:
				continue
			case i == len(got):
				return fmt.Errorf("%v is missing", want)
			case got[i].GeneratorURL != originURL(seg.Send.index, place) || !labels.Equal(want, labels.FromMap(got[i].Labels)):
				return fmt.Errorf("%v (%s) instead of %v", got[i].Labels, got[i].GeneratorURL, want)
			}
			i++
		}
	}
	if i < len(got) {
		return fmt.Errorf("%v is too much", got[i].Labels)
	}
	return nil
}

// passing returns what a set leaves of a batch.
func (g *rig) passing(set *core.Set, segs []segment) []segment {
	if core.SetRelabeling(set).IsZero() {
		return segs
	}
	var left []segment
	for _, seg := range segs {
		if seg = passing(set, &g.labelSets, seg); seg.Len() > 0 {
			left = append(left, seg)
		}
	}
	return left
}

// active returns the active Alertmanager of a URL, nil if there is none.
func (g *rig) active(url string) *core.Alertmanager {
	for _, set := range g.sets {
		for _, am := range set.Active {
			if am.String() == url {
				return am
			}
		}
	}
	return nil
}

func lenOf(segs []segment) int {
	n := 0
	for _, seg := range segs {
		n += seg.Len()
	}
	return n
}
