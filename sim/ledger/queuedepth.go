package ledger

import (
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/alerts"
)

// A run with a queue of infinite capacity ends when the queue holds more than MaxDepth alerts, or alerts of more than
// maxWaitingSends calls of Send, because such a queue keeps growing. MaxDepth is also the highest capacity that a
// scenario may set.
const (
	MaxDepth        = 10_000_000
	maxWaitingSends = 250_000
)

// A QueueDepth describes the length of a send loop's queue during a run. The loop feeds one Alertmanager or, in
// releases with a shared queue, all of them. If several loops fed the same Alertmanagers, one after the other or at
// several replicas, the QueueDepth describes the queue that became longest.
type QueueDepth struct {
	// Alertmanagers are the addresses that the queue fed when it was longest.
	Alertmanagers []string
	// Waiting and Arriving are the alerts that waited in the queue and those that arrived when the sum of both was
	// highest, for the first time at At.
	Waiting, Arriving int
	At                time.Duration
	// Since is the last time before At at which alerts arrived at an empty queue. Arrived counts the alerts that
	// arrived from Since to At, Left has the outcomes of those that left the queue in that time.
	Since   time.Duration
	Arrived int64
	Left    Outcomes
	// Run has the outcomes of all alerts that left the queue during the run.
	Run Outcomes
	// Largest is the number of alerts in the largest send.
	Largest int
	// Mean is the number of waiting alerts, averaged over the time of the run.
	Mean float64
	// Course is the length of the queue over time, in at most maxIntervals consecutive intervals from 0s on. Step is
	// the length of an interval.
	Course []MinMax
	Step   time.Duration
	// Endless says that the run ended because the queue exceeded its bounds (see MaxDepth).
	Endless bool
}

// Longest returns the smallest capacity with which the queue drops nothing: no send is larger than it, and the queue
// never overflows.
func (d *QueueDepth) Longest() int { return d.Waiting + d.Arriving }

// Outcomes are how batches ended: Answered with 2xx in time, Failed before the timeout, or Expired at the timeout. A
// batch that goes to several Alertmanagers has the worst outcome of its requests, and takes as long as the slowest of
// them.
type Outcomes struct{ Answered, Failed, Expired OutcomeTotals }

// All returns the sum of all outcomes.
func (o *Outcomes) All() OutcomeTotals {
	return OutcomeTotals{o.Answered.Alerts + o.Failed.Alerts + o.Expired.Alerts,
		o.Answered.For + o.Failed.For + o.Expired.For}
}

// since returns the difference between o and an earlier value of it.
func (o *Outcomes) since(before *Outcomes) Outcomes {
	minus := func(s, b OutcomeTotals) OutcomeTotals { return OutcomeTotals{s.Alerts - b.Alerts, s.For - b.For} }
	return Outcomes{minus(o.Answered, before.Answered), minus(o.Failed, before.Failed), minus(o.Expired, before.Expired)}
}

// add adds one batch of n alerts.
func (s *OutcomeTotals) add(n int, took time.Duration) {
	s.Alerts += int64(n)
	s.For += took
}

// OutcomeTotals is the number of alerts in batches with the same outcome, and the total time that the batches took.
type OutcomeTotals struct {
	Alerts int64
	For    time.Duration
}

// A MinMax is the lowest and the highest number of waiting alerts in an interval.
type MinMax struct{ Least, Most int }

// Longest returns the smallest capacity with which none of the queues drops anything.
func Longest(queues []QueueDepth) int {
	n := 0
	for i := range queues {
		n = max(n, queues[i].Longest())
	}
	return n
}

type sendLoop = core.SendLoop[*alerts.Send]

// QueueDepths records the lengths of the queues of one sender.
type QueueDepths struct {
	// Release is the release of the sender.
	Release *core.Release
	loops   []*loopDepth
}

// A loopDepth is the depth of the queue of one send loop so far.
type loopDepth struct {
	QueueDepth
	loop    *sendLoop
	since   int64    // the last time at which alerts arrived at an empty queue
	arrived int64    // how many alerts have arrived from since on
	before  Outcomes // the outcomes of the alerts that left before since

	area    float64 // the integral of the number of waiting alerts over time in nanoseconds, for the mean
	changed int64   // when the queue last changed
	// The batch in flight, if there is one: when it left the queue, the worst outcome of its requests so far, and
	// whether one of them timed out.
	inFlight bool
	posted   int64
	worst    core.Outcome
	late     bool
	course   depthSeries
}

// of returns the depth of the queue of a loop.
func (w *QueueDepths) of(l *sendLoop) *loopDepth {
	d, ok := l.Tag.(*loopDepth)
	if !ok {
		d = &loopDepth{loop: l}
		l.Tag = d
		w.loops = append(w.loops, d)
	}
	return d
}

// Arriving records that n copies are about to enter the queue of l. It reports whether the queue exceeds its bounds
// (see MaxDepth).
func (w *QueueDepths) Arriving(now int64, l *sendLoop, n int) (endless bool) {
	d, waiting := w.of(l), l.Queue.Len()
	d.pass(now, waiting)
	if waiting == 0 {
		d.since, d.arrived, d.before = now, 0, d.Run
	}
	d.arrived += int64(n)
	d.Largest = max(d.Largest, n)
	d.course.add(now, waiting, waiting+n)
	if waiting+n <= d.Waiting+d.Arriving {
		return false
	}
	d.Alertmanagers = d.Alertmanagers[:0]
	for _, am := range l.Targets {
		d.Alertmanagers = append(d.Alertmanagers, am.Address())
	}
	d.Waiting, d.Arriving, d.At, d.Since, d.Arrived = waiting, n, time.Duration(now), time.Duration(d.since), d.arrived
	d.Left = d.Run.since(&d.before)
	return waiting+n > MaxDepth || l.Queue.Segments() >= maxWaitingSends
}

// SetEndless records that the run ends because the queue of l exceeds its bounds.
func (w *QueueDepths) SetEndless(l *sendLoop) { w.of(l).Endless = true }

// pass accounts for the time since the last change of the queue, during which waiting alerts waited.
func (d *loopDepth) pass(now int64, waiting int) {
	d.area += float64(float64(waiting) * float64(now-d.changed))
	d.changed = now
}

// Popped records that a batch has left the queue of l; before and after are the alerts that waited before and after
// that. Further calls for the same batch have no effect.
func (w *QueueDepths) Popped(now int64, l *sendLoop, before, after int) {
	d := w.of(l)
	if d.inFlight {
		return // this batch was already recorded for another Alertmanager
	}
	d.pass(now, before)
	d.inFlight, d.posted, d.worst, d.late = true, now, core.Delivered, false
	d.course.add(now, before, after)
}

// RequestEnded records how a request of the batch in flight ended. late says that it timed out.
func (w *QueueDepths) RequestEnded(l *sendLoop, o core.Outcome, late bool) {
	if o != core.Delivered {
		d := w.of(l)
		d.worst, d.late = o, d.late || late
	}
}

// BatchDone records the end of a batch of n copies.
func (w *QueueDepths) BatchDone(now int64, l *sendLoop, n int) {
	d := w.of(l)
	if !d.inFlight { // the batch was posted to no Alertmanager
		w.Popped(now, l, l.Queue.Len()+n, l.Queue.Len())
	}
	d.inFlight = false
	took := time.Duration(now - d.posted)
	switch {
	case d.late:
		d.Run.Expired.add(n, took)
	case d.worst != core.Delivered:
		d.Run.Failed.add(n, took)
	default:
		d.Run.Answered.add(n, took)
	}
}

// Depths returns the depths of the queues of all senders at the end of the run, sorted by their Alertmanagers.
func Depths(now int64, senders []*QueueDepths) (list []QueueDepth) {
	for _, w := range senders {
		list = w.report(now, list)
	}
	slices.SortStableFunc(list, func(a, b QueueDepth) int {
		return strings.Compare(strings.Join(a.Alertmanagers, ","), strings.Join(b.Alertmanagers, ","))
	})
	return list
}

// report adds the depths to list. Of queues that feed the same Alertmanagers, list keeps only the longest.
func (w *QueueDepths) report(now int64, list []QueueDepth) []QueueDepth {
	for _, l := range w.loops {
		if l.Largest == 0 {
			continue
		}
		l.pass(now, l.loop.Queue.Len())
		d := l.QueueDepth
		if now > 0 {
			d.Mean = l.area / float64(now)
		}
		d.Course, d.Step = l.course.list(), time.Duration(1)<<l.course.shift
		i := slices.IndexFunc(list, func(o QueueDepth) bool {
			return w.Release.Queues == core.Shared || slices.Equal(o.Alertmanagers, d.Alertmanagers)
		})
		switch {
		case i < 0:
			list = append(list, d)
		case d.Longest() > list[i].Longest():
			d.Largest = max(d.Largest, list[i].Largest)
			list[i] = d
		}
	}
	return list
}

// maxIntervals is the highest number of intervals in a depthSeries.
const maxIntervals = 512

// A depthSeries is the number of waiting alerts over time, in intervals of 1<<shift ns. When the run exceeds the last
// interval, all intervals become twice as long.
type depthSeries struct {
	steps [maxIntervals]MinMax
	used  int
	shift uint
}

// add records a change of the number of waiting alerts.
func (c *depthSeries) add(now int64, before, after int) {
	for now>>c.shift >= maxIntervals {
		c.halve()
	}
	i := int(now >> c.shift)
	for c.used <= i {
		c.steps[c.used] = MinMax{before, before}
		c.used++
	}
	s := &c.steps[i]
	s.Least, s.Most = min(s.Least, before, after), max(s.Most, before, after)
}

// halve merges each pair of neighbouring intervals into one.
func (c *depthSeries) halve() {
	for i := 0; i < c.used; i += 2 {
		s := c.steps[i]
		if i+1 < c.used {
			s.Least, s.Most = min(s.Least, c.steps[i+1].Least), max(s.Most, c.steps[i+1].Most)
		}
		c.steps[i/2] = s
	}
	c.used = (c.used + 1) / 2
	c.shift++
}

func (c *depthSeries) list() []MinMax { return slices.Clone(c.steps[:c.used]) }
