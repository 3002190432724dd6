package sim

import (
	"math"
	"slices"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
)

// A watch is what the invariants see of a run, and what they keep. Engines call its methods as things happen. Where drops are not
// seen but inferred, on engines with a manager of their own, what concerns the order of a queue is left to the requests.
type watch struct {
	*sender
	off        [numInvariants]bool
	violations []Violation

	shared  *backlog // the one queue of old releases
	counted map[string]*counted
	limit   limits
	flight  flightWatch
	losses  lossWatch

	inferred bool // drops are
	exited   bool // Run has returned
	inReload bool
	stirred  bool  // something happened that may lose alerts, or counters, since the last scrape
	looked   int64 // the event of that
	blind    bool  // what a shared queue lost cannot be told from what it dropped

	disturbed int64 // when something last happened that the notifier has to cope with
	bound     int64 // for how long it may, see stretch
}

// limits are what the flags allow.
type limits struct {
	queue, batch int
	empty        bool  // requests without alerts
	timeout      int64 // the longest of all sets
}

// A mark is a place in the order in which a run hands alerts over: the number of the send, then the place in it.
type mark uint64

func beginOf(seg segment) mark { return mark(seg.Send.order)<<32 | mark(seg.From) }
func endOf(seg segment) mark   { return mark(seg.Send.order)<<32 | mark(seg.To) }

// A recipient is an Alertmanager of one set, from when it joins.
type recipient struct {
	am       *core.Alertmanager
	peer     *peer
	loop     *loop // that feeds it, in the model
	backlog  *backlog
	counted  *counted
	posted   mark // up to which it has been sent
	taken    mark // up to which it has answered well
	inFlight int
	fate     int  // the place of its set among those of the batch in flight
	overlaps bool // it had two requests at once
	gone     bool
	own      backlog // unless the queue is shared
}

// timeout is after how many nanoseconds a request to it is given up.
func (rc *recipient) timeout() int64 { return int64(time.Duration(rc.am.Set.Config.Timeout)) }

// A backlog is a queue as the invariants see it.
type backlog struct {
	peer    *peer // that it feeds, nil if several
	waiting int
	left    mark // up to which alerts have left it
	dropped mark // up to which they have been dropped as the oldest
	surplus mark // up to which the last send that was too large has been dropped
	made    bool // room was made for the last arrival
}

func newWatch(r *sender) *watch {
	w := &watch{sender: r, counted: map[string]*counted{}, losses: lossWatch{last: map[string]float64{}, before: r.books.settled}}
	_, w.inferred = r.subject.(*rig)
	w.limit = limits{
		queue: r.file.Flags.QueueCapacity, batch: r.release.BatchSizeFor(r.file.Flags.BatchSize),
		empty: r.release.EmptyPost != core.EmptyNever,
	}
	if r.options.Unbounded {
		w.limit.queue = math.MaxInt
	}
	if r.release.Queues == core.Shared {
		w.shared = &backlog{}
	}
	for i := range r.test.Invariants {
		if v := &r.test.Invariants[i]; v.Off != "" {
			w.off[slices.Index(invariantNames, v.Name)] = true
		}
	}
	return w
}

// joined says that an Alertmanager became active. What it returns stands for it from now on.
func (w *watch) joined(am *core.Alertmanager, p *peer) *recipient {
	rc := &recipient{am: am, peer: p, backlog: w.shared}
	if rc.backlog == nil {
		rc.own.peer = p
		rc.backlog = &rc.own
	}
	w.stirred = true
	p.recipients = slices.DeleteFunc(p.recipients, func(o *recipient) bool { return o.gone && o.inFlight == 0 })
	for _, o := range p.recipients {
		if !o.gone && o.am.Set == am.Set && o.am.String() == am.String() {
			w.violated(targetsUnique, anyCase, p, "is in %s twice", am.Set.Key)
		}
	}
	p.recipients = append(p.recipients, rc)
	rc.counted = w.counted[am.String()]
	if rc.counted == nil {
		rc.counted = &counted{}
		w.counted[am.String()] = rc.counted
	}
	rc.counted.active++
	w.stretch(int64(time.Duration(am.Set.Config.Timeout)))
	return rc
}

// left says that an Alertmanager is no longer active, and its queue gone.
func (w *watch) left(rc *recipient) {
	w.checkBound(rc.backlog)
	rc.gone = true
	rc.counted.left(w)
	w.stirred = true
}

// queued says that the alerts of seg arrive at a queue.
func (w *watch) queued(b *backlog, seg segment) {
	if b.waiting > w.limit.queue || b.made {
		w.checkBound(b)
	}
	b.waiting += seg.Len()
}

// dropped says that the alerts of seg leave a queue, or never enter it, and are lost to the Alertmanagers that it feeds.
func (w *watch) dropped(b *backlog, seg segment, why core.Reason) {
	switch why {
	case core.QueueFull:
		w.checkOldest(b, seg)
		b.made = true
	case core.BatchTooLarge:
		w.checkSurplus(b, seg)
	default:
		w.checkBound(b)
		b.left = max(b.left, endOf(seg))
	}
	b.waiting -= seg.Len()
	w.lost(b, seg.Len())
	if why == core.ShutDown && w.file.Flags.DrainOnShutdown {
		w.undrained(b.peer, seg)
	}
}

// primed says that a request without alerts was answered before the run began.
func (w *watch) primed(am *core.Alertmanager) {
	if c := w.counted[am.String()]; c != nil {
		c.answers++
	}
}

// taken says that a batch leaves a queue, to be posted.
func (w *watch) taken(b *backlog, batch []segment, n int) {
	if b.waiting > w.limit.queue || b.made {
		w.checkBound(b)
	}
	b.waiting -= n
	if len(batch) > 0 {
		w.checkLeaving(b, batch[0])
		b.left = endOf(batch[len(batch)-1])
	}
}

// posted says that a request goes out, of n alerts.
func (w *watch) posted(rc *recipient, batch []segment, n int) {
	if n > w.limit.batch || n == 0 && !w.limit.empty {
		w.violated(batchBound, anyCase, rc.peer, "is posted %d alerts at once, where 1 to %d are allowed", n, w.limit.batch)
	}
	if rc.gone || w.exited {
		w.violated(noSendAfter, anyCase, rc.peer, "is posted %s after %s", w.some(batch...), w.removal(rc))
	}
	if rc.inFlight++; rc.inFlight > 1 {
		rc.overlaps = true
		w.violated(oneRequest, anyCase, rc.peer, "is posted %s while another request to it is under way", w.some(batch...))
	}
	if w.now > w.disturbed+w.bound {
		w.tooLate(rc)
	}
	for i := range batch {
		if beginOf(batch[i]) < rc.posted {
			w.violated(fifo, anyCase, rc.peer, "is posted %s after what was handed over later", w.some(batch[i]))
		}
		rc.posted = endOf(batch[i])
	}
}

// ended says how a request ended.
func (w *watch) ended(rc *recipient, batch []segment, n int, o core.Outcome) {
	rc.inFlight--
	c := rc.counted
	switch o {
	case core.Delivered:
		c.took += n
		c.answers++
		if len(batch) > 0 {
			if beginOf(batch[0]) < rc.taken {
				w.overtaken(rc, batch)
			}
			rc.taken = endOf(batch[len(batch)-1])
		}
	case core.Cancelled:
		w.violated(quiesces, caseStop, rc.peer, "has a request with %s under way when Run returns", w.some(batch...))
	default:
		w.stirred = true
		c.failed += n
		c.failures++
	}
	if w.shared != nil {
		w.flight.ended(rc, o == core.Delivered)
	}
}

// followed says that requests were posted one after the other, the largest of so many alerts, and that all but the last, and the one
// before the first, were taken.
func (w *watch) followed(rc *recipient, requests int, taken, posted segment, largest int) {
	w.ended(rc, []segment{taken}, taken.Len(), core.Delivered)
	rc.counted.answers += requests - 1
	w.taken(rc.backlog, []segment{posted}, posted.Len())
	w.posted(rc, []segment{posted}, largest)
}

// some names alerts.
func (w *watch) some(batch ...segment) string {
	if len(batch) == 0 {
		return "nothing"
	}
	return shorten(w.labelSets.alerts(spansOf(batch...)), 60)
}
