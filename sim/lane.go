package sim

import (
	"fmt"
	"slices"

	"github.com/notifysim/notifysim/notifier"
)

// A lane is what a manager was handed for one Alertmanager and has not posted yet, oldest first. A manager does not say what it
// drops; but it posts in order, so an alert is dropped when a later one is posted before it.
type lane struct {
	am      *notifier.Alertmanager
	peer    *peer
	waiting []segment
	// While the lane's Alertmanager is being removed: its drain has begun. gone: it is removed.
	draining, gone bool
}

func (l *lane) queued() int {
	n := 0
	for _, seg := range l.waiting {
		n += seg.Len()
	}
	return n
}

// add books that the manager was handed seg for the lane's Alertmanager.
func (b *bubble) add(l *lane, seg segment) {
	if seg.Len() == 0 {
		return
	}
	b.books.hold(seg)
	b.books.touch(l.peer).Offered += int64(seg.Len())
	l.waiting = append(l.waiting, seg)
}

// post takes the alerts of a request off a lane; those before them have been dropped.
func (b *bubble) post(l *lane, batch []segment) error {
	for _, seg := range batch {
		for seg.Len() > 0 {
			if len(l.waiting) == 0 {
				return fmt.Errorf("%s was posted %s out of order, or twice", l.am, b.labelSets.alerts(spansOf(seg)))
			}
			first := &l.waiting[0]
			if first.Send != seg.Send || first.To <= seg.From {
				b.drop(l, *first)
				l.waiting = l.waiting[1:]
				continue
			}
			if first.From < seg.From {
				b.drop(l, segment{Send: first.Send, From: first.From, To: seg.From})
				first.From = seg.From
			}
			if first.From != seg.From {
				return fmt.Errorf("%s was posted %s twice", l.am, b.labelSets.alerts(spansOf(seg)))
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
func (b *bubble) drop(l *lane, seg segment) {
	if surplus := seg.Send.n - b.file.Flags.QueueCapacity; seg.From < surplus {
		large := segment{Send: seg.Send, From: seg.From, To: min(seg.To, surplus)}
		b.dropFor(l, large, notifier.BatchTooLarge)
		seg.From = large.To
	}
	b.dropFor(l, seg, notifier.QueueFull)
}

func (b *bubble) dropFor(l *lane, seg segment, why notifier.Reason) {
	if seg.Len() == 0 {
		return
	}
	b.books.touch(l.peer).Dropped[why] += int64(seg.Len())
	b.emit(Event{Kind: KindDrop, Alertmanagers: []string{l.peer.address}, N: seg.Len(), spans: spansOf(seg), Reason: why})
	b.letGo(seg)
}

// letGo lets go of copies of alerts.
func (r *run) letGo(seg segment) {
	root := seg.Send.root()
	root.open -= seg.Len()
	r.settle(root)
}

// trim drops the oldest of a lane until as many wait as the manager says.
func (b *bubble) trim(l *lane, queued int) {
	for surplus := l.queued() - queued; surplus > 0 && len(l.waiting) > 0; {
		seg := &l.waiting[0]
		n := min(surplus, seg.Len())
		b.drop(l, segment{Send: seg.Send, From: seg.From, To: seg.From + n})
		seg.From += n
		surplus -= n
		if seg.Len() == 0 {
			l.waiting = l.waiting[1:]
		}
	}
}

// lane returns the lane of a URL.
func (b *bubble) lane(url string) *lane {
	i := slices.IndexFunc(b.lanes, func(l *lane) bool { return l.am.String() == url && !l.gone })
	if i < 0 {
		return nil
	}
	return b.lanes[i]
}
