package sim

import (
	"fmt"
	"slices"

	"github.com/notifysim/notifysim/notifier/core"
)

// A lane is what a manager was handed for one queue and has not posted yet, oldest first. A manager does not say what it drops;
// but it posts in order, so an alert is dropped when a later one is posted before it.
type lane struct {
	ams     []*core.Alertmanager // that the queue feeds: one, or in releases with a shared queue all
	waiting []segment
	set     *core.Set // under which the queue began, which a reload may have replaced by one alike
	last    *batch    // the batch that was posted last
	// While the lane's Alertmanager is being removed: its drain has begun. gone: it is removed.
	draining, gone bool
}

// A batch is what one flight carries: one visit to each Alertmanager of a lane.
type batch struct {
	segs []segment
	urls []string // visited
	// anybody says that there was an Alertmanager to ask.
	anybody bool
	open    int // visits that have not ended
}

// A visit is one request of a manager.
type visit struct {
	number int
	lane   *lane
	batch  *batch
	url    string
	x      *exchange
	drains bool      // it began while the drain of its lane held the lock
	gaveUp bool      // the manager has given it up
	segs   []segment // what it carries, on the wall clock
}

func (l *lane) queued() int {
	n := 0
	for _, seg := range l.waiting {
		n += seg.Len()
	}
	return n
}

// add books that the manager was handed seg for the lane's queue.
func (g *rig) add(l *lane, seg segment) {
	if seg.Len() == 0 {
		return
	}
	g.books.hold(seg)
	for _, am := range l.ams {
		am.Tag.(*recipient).peer.touch().Offered += int64(seg.Len())
	}
	l.waiting = append(l.waiting, seg)
}

// post takes the alerts of a batch off a lane; those before them have been dropped.
func (g *rig) post(l *lane, segs []segment) error {
	for _, seg := range segs {
		for seg.Len() > 0 {
			if len(l.waiting) == 0 {
				return fmt.Errorf("%s posted out of order, or twice", g.labelSets.alerts(spansOf(seg)))
			}
			first := &l.waiting[0]
			if first.Send != seg.Send || first.To <= seg.From {
				g.drop(l, *first)
				l.waiting = l.waiting[1:]
				continue
			}
			if first.From < seg.From {
				g.drop(l, segment{Send: first.Send, From: first.From, To: seg.From})
				first.From = seg.From
			}
			if first.From != seg.From {
				return fmt.Errorf("%s posted twice", g.labelSets.alerts(spansOf(seg)))
			}
			n := min(first.To, seg.To) - seg.From
			first.From += n
			seg.From += n
			if first.Len() == 0 {
				l.waiting = l.waiting[1:]
			}
		}
	}
	return nil
}

// drop books alerts of a lane as dropped: the first of a send that was larger than the queue for that, others since it was full.
func (g *rig) drop(l *lane, seg segment) {
	if surplus := seg.Send.n - g.file.Flags.QueueCapacity; seg.From < surplus {
		large := segment{Send: seg.Send, From: seg.From, To: min(seg.To, surplus)}
		g.dropFor(l, large, core.BatchTooLarge)
		seg.From = large.To
	}
	g.dropFor(l, seg, core.QueueFull)
}

func (g *rig) dropFor(l *lane, seg segment, why core.Reason) {
	if seg.Len() == 0 {
		return
	}
	var addresses []string
	g.guard.droppedFrom(l, seg, why)
	for _, am := range l.ams {
		am.Tag.(*recipient).peer.touch().Dropped[why] += int64(seg.Len())
		addresses = append(addresses, am.Address())
	}
	if g.scraper != nil {
		g.scraper.gone([]segment{seg}, why)
	}
	e := Event{Kind: KindDrop, Alertmanagers: addresses, N: seg.Len(), spans: spansOf(seg), segs: []segment{seg}, Reason: why}
	if len(addresses) == 0 {
		e.Kind, e.Reason = KindLost, 0 // popped, with nobody to be posted to
	}
	g.emit(e)
	g.books.ask(seg)
	g.letGo(seg)
}

// lose drops all that waits in a lane.
func (g *rig) lose(l *lane, why core.Reason) {
	waiting := l.waiting
	l.waiting = nil
	for _, seg := range waiting {
		g.dropFor(l, seg, why)
	}
}

// trim drops the oldest of a lane until as many wait as the manager says.
func (g *rig) trim(l *lane, queued int) {
	for surplus := l.queued() - queued; surplus > 0 && len(l.waiting) > 0; {
		seg := l.waiting[0]
		n := min(surplus, seg.Len())
		surplus -= n
		if l.waiting[0].From += n; l.waiting[0].Len() == 0 {
			l.waiting = l.waiting[1:]
		}
		g.drop(l, segment{Send: seg.Send, From: seg.From, To: seg.From + n})
	}
}

// find returns the lane that feeds the Alertmanager of a URL, and the Alertmanager.
func (g *rig) find(url string) (*lane, *core.Alertmanager) {
	for _, l := range g.lanes {
		i := slices.IndexFunc(l.ams, func(am *core.Alertmanager) bool { return am.String() == url })
		if i >= 0 && !l.gone {
			return l, l.ams[i]
		}
	}
	return nil, nil
}
