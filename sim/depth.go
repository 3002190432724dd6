package sim

import (
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
)

// A queue without a capacity is given up when it passes MaxDepth alerts, the most that the flag of a scenario may say, or when they
// came in more than maxWaitingSends calls of Send: what needs more will never be enough.
const (
	MaxDepth        = 10_000_000
	maxWaitingSends = 250_000
)

// A QueueDepth is how long the queue of the send loop for some Alertmanagers was: one of them, or all in releases with a shared
// queue. Of several loops for the same, one after the other or of several replicas, it is the longest.
type QueueDepth struct {
	// Alertmanagers are the addresses that the queue fed when it was longest.
	Alertmanagers []string
	// Waiting and Arriving are the alerts that waited and those that arrived when they were most together, at At: the first time.
	Waiting, Arriving int
	At                time.Duration
	// Since is when alerts last arrived at an empty queue before; Arrived are the alerts that have arrived from then on until At,
	// and Left is what has become of those that left.
	Since   time.Duration
	Arrived int64
	Left    Outcomes
	// Run is the outcomes of the whole run.
	Run Outcomes
	// Largest is the largest send that arrived.
	Largest int
	// Mean is the number of alerts that wait, averaged over the run's time.
	Mean float64
	// Course is the queue over time, in at most courseLen steps of one length that follow each other from 0s on.
	Course []Level
	Step   time.Duration
	// Endless says that the queue passed MaxDepth, and that the run ended then.
	Endless bool
}

// Longest returns the smallest capacity with which the queue drops nothing: neither is any send larger, nor is it ever full.
func (d *QueueDepth) Longest() int { return d.Waiting + d.Arriving }

// Outcomes are how batches ended: with 2xx in time; not so, before the timeout; given up after it. A batch that goes to several
// Alertmanagers has the worst of their outcomes, and takes as long as the slowest.
type Outcomes struct{ Answered, Failed, Expired Spent }

// All adds the outcomes up.
func (o *Outcomes) All() Spent {
	return Spent{o.Answered.Alerts + o.Failed.Alerts + o.Expired.Alerts, o.Answered.For + o.Failed.For + o.Expired.For}
}

// since is what has been added since o was as before.
func (o *Outcomes) since(before *Outcomes) Outcomes {
	minus := func(s, b Spent) Spent { return Spent{s.Alerts - b.Alerts, s.For - b.For} }
	return Outcomes{minus(o.Answered, before.Answered), minus(o.Failed, before.Failed), minus(o.Expired, before.Expired)}
}

// plus adds what came of one batch.
func (s *Spent) plus(n int, took time.Duration) {
	s.Alerts += int64(n)
	s.For += took
}

// Spent is the alerts of batches, and the time that they took.
type Spent struct {
	Alerts int64
	For    time.Duration
}

// A Level is the least and the most that waited in a step of time.
type Level struct{ Least, Most int }

// Longest returns the smallest capacity of all queues with which none of them drops anything.
func Longest(queues []QueueDepth) int {
	n := 0
	for i := range queues {
		n = max(n, queues[i].Longest())
	}
	return n
}

// A depthWatch watches the queues of a run.
type depthWatch struct {
	run   *run
	loops []*loopDepth
}

// A loopDepth is the depth of one send loop's queue, so far.
type loopDepth struct {
	QueueDepth
	loop *loop
	// since the queue was last empty:
	since   int64
	arrived int64
	before  Outcomes // what had left until then

	area    float64 // alerts times nanoseconds
	changed int64   // when the queue last changed
	// The batch in flight, if there is one: when it left, and the worst outcome so far; late, if a request of it was given up.
	flying   bool
	launched int64
	worst    core.Outcome
	late     bool
	course   course
}

// of returns what is known of a loop.
func (w *depthWatch) of(l *loop) *loopDepth {
	d, ok := l.Tag.(*loopDepth)
	if !ok {
		d = &loopDepth{loop: l}
		l.Tag = d
		w.loops = append(w.loops, d)
	}
	return d
}

// arrive notes that n alerts are about to enter a queue.
func (w *depthWatch) arrive(l *loop, n int) {
	d, now, waiting := w.of(l), w.run.now, l.Queue.Len()
	d.pass(now, waiting)
	if waiting == 0 {
		d.since, d.arrived, d.before = now, 0, d.Run
	}
	d.arrived += int64(n)
	d.Largest = max(d.Largest, n)
	d.course.note(now, waiting, waiting+n)
	if waiting+n <= d.Waiting+d.Arriving {
		return
	}
	d.Alertmanagers = appendAddresses(d.Alertmanagers[:0], l)
	d.Waiting, d.Arriving, d.At, d.Since, d.Arrived = waiting, n, time.Duration(now), time.Duration(d.since), d.arrived
	d.Left = d.Run.since(&d.before)
	if waiting+n > MaxDepth || l.Queue.Segments() >= maxWaitingSends {
		d.Endless = w.run.options.Unbounded
		w.run.over = w.run.over || d.Endless
	}
}

// pass adds the time since the queue last changed, in which this many waited.
func (d *loopDepth) pass(now int64, waiting int) {
	d.area += float64(float64(waiting) * float64(now-d.changed))
	d.changed = now
}

// launch notes that a batch has left a queue.
func (w *depthWatch) launch(f *flight) {
	d, now := w.of(f.Loop), w.run.now
	if d.flying {
		return // to the next of its Alertmanagers
	}
	d.launch(now, f.Loop.Queue.Len()+f.N, f.Loop.Queue.Len())
}

// launch notes that a batch has left the queue, in which so many waited before and after.
func (d *loopDepth) launch(now int64, before, after int) {
	d.pass(now, before)
	d.flying, d.launched, d.worst, d.late = true, now, core.Delivered, false
	d.course.note(now, before, after)
}

// ended notes how a request of the batch in flight has ended.
func (w *depthWatch) ended(l *loop, o core.Outcome, late bool) {
	if o != core.Delivered {
		d := w.of(l)
		d.worst, d.late = o, d.late || late
	}
}

// land notes that the last request of a batch has ended.
func (w *depthWatch) land(f *flight) {
	d := w.of(f.Loop)
	if !d.flying { // nobody was asked
		w.launch(f)
	}
	d.land(w.run.now, f.N)
}

// land notes the end of a batch of n alerts.
func (d *loopDepth) land(now int64, n int) {
	d.flying = false
	took := time.Duration(now - d.launched)
	switch {
	case d.late:
		d.Run.Expired.plus(n, took)
	case d.worst != core.Delivered:
		d.Run.Failed.plus(n, took)
	default:
		d.Run.Answered.plus(n, took)
	}
}

// depths returns those of all senders by Alertmanagers, sorted.
func depths(watches []*depthWatch) (list []QueueDepth) {
	for _, w := range watches {
		list = w.report(list)
	}
	slices.SortStableFunc(list, func(a, b QueueDepth) int {
		return strings.Compare(strings.Join(a.Alertmanagers, ","), strings.Join(b.Alertmanagers, ","))
	})
	return list
}

// report adds the depths to a list, which has the longest queue for the same Alertmanagers.
func (w *depthWatch) report(list []QueueDepth) []QueueDepth {
	for _, l := range w.loops {
		if l.Largest == 0 {
			continue
		}
		l.pass(w.run.now, l.loop.Queue.Len())
		d := l.QueueDepth
		if w.run.now > 0 {
			d.Mean = l.area / float64(w.run.now)
		}
		d.Course, d.Step = l.course.levels(), time.Duration(1)<<l.course.shift
		i := slices.IndexFunc(list, func(o QueueDepth) bool {
			return w.run.release.Queues == core.Shared || slices.Equal(o.Alertmanagers, d.Alertmanagers)
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

// courseLen is the most steps of a course.
const courseLen = 512

// A course is what waited over time, in steps of 1<<shift ns. When time passes its last step, steps become twice as long.
type course struct {
	steps [courseLen]Level
	used  int
	shift uint
}

// note adds a change from before, which has waited since the last change, to after.
func (c *course) note(now int64, before, after int) {
	for now>>c.shift >= courseLen {
		c.fold()
	}
	i := int(now >> c.shift)
	for c.used <= i {
		c.steps[c.used] = Level{before, before}
		c.used++
	}
	s := &c.steps[i]
	s.Least, s.Most = min(s.Least, before, after), max(s.Most, before, after)
}

// fold makes one step of each two.
func (c *course) fold() {
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

func (c *course) levels() []Level { return slices.Clone(c.steps[:c.used]) }
