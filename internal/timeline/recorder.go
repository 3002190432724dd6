package timeline

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// MaxEvents is the largest number of events in a timeline. If a run has more, the timeline says so.
const MaxEvents = 2_000_000

// The actors other than Alertmanagers.
const (
	sender = "sender"
	shared = "shared queue"
)

// senderName returns the actor for a replica. The number 0 means that there are no replicas.
func senderName(replica int) string {
	if replica == 0 {
		return sender
	}
	return "replica " + strconv.Itoa(replica)
}

// An event is the data of a trace event that a timeline needs.
type event struct {
	at      time.Duration
	kind    trace.Kind
	replica int // number of the replica, or 0 if there are none
	actor   string
	n       int
	alerts  string
	word    string // the reason of a drop, the outcome of an answer, or the note
	numbers []trace.Span
	delay   time.Duration // for an answer: the longest time since Send was called with one of its alerts
}

// A Recorder records the events of a run. Pass its method Event as sim.Options.Events, and set sim.Options.Uncovered if
// a page is made of it.
type Recorder struct {
	events  []event
	omitted int64 // number of events after the first MaxEvents
	kinds   map[trace.Kind]bool
}

// Event records an event.
func (r *Recorder) Event(e *trace.Event) {
	if len(r.events) == MaxEvents {
		r.omitted++
		return
	}
	if r.kinds == nil {
		r.kinds = map[trace.Kind]bool{}
	}
	r.kinds[e.Kind] = true
	m := event{
		at: e.At, kind: e.Kind, replica: e.Replica, actor: senderName(e.Replica),
		n: e.N, alerts: e.Alerts, word: e.Note, numbers: slices.Clone(e.Spans),
	}
	switch {
	case len(e.Alertmanagers) == 1:
		m.actor = e.Alertmanagers[0]
	case len(e.Alertmanagers) > 1:
		m.actor = shared
	}
	switch e.Kind {
	case trace.KindDrop:
		m.word = e.Reason.String()
	case trace.KindAnswer:
		m.word = e.Outcome
		m.delay = e.Oldest
	}
	r.events = append(r.events, m)
}

// A Timeline is a run on a time axis.
type Timeline struct {
	file    *scenarios.File
	test    *scenarios.Test
	release *core.Release
	result  *sim.Result
	end     time.Duration
	events  []event
	omitted int64 // number of events after the first MaxEvents
	senders []string
	actors  []string // the shared queue, if there is one, then the addresses of Alertmanagers, sorted
	queues  bool     // whether the engine reports which alerts enter the queues
}

// Timeline returns the timeline of the recorded run. res is its result.
func (r *Recorder) Timeline(f *scenarios.File, t *scenarios.Test, rel *core.Release, res *sim.Result) *Timeline {
	tl := &Timeline{
		file: f, test: t, release: rel, result: res, end: max(time.Duration(res.End), t.Duration),
		events: r.events, omitted: r.omitted,
		queues: res.Engine == string(sim.EngineModel) || r.kinds[trace.KindQueue],
	}
	seen := map[string]bool{}
	for i := range max(1, len(res.Ledger.Replicas)) {
		tl.senders = append(tl.senders, senderName(min(i+1, len(res.Ledger.Replicas))))
		seen[tl.senders[i]] = true
	}
	for _, m := range r.events {
		if !seen[m.actor] {
			seen[m.actor] = true
			tl.actors = append(tl.actors, m.actor)
		}
	}
	slices.SortFunc(tl.actors, func(a, b string) int {
		if (a == shared) != (b == shared) {
			return map[bool]int{true: -1, false: 1}[a == shared]
		}
		return strings.Compare(a, b)
	})
	return tl
}

// A level is the numbers of alerts that are queued for and in flight to an actor at some instant.
type level struct{ queued, inFlight int }

// levels are the levels of all actors after the events that were applied.
type levels struct {
	of     map[string]*level
	queues bool
	batch  sharedBatch // the last batch that left the shared queue
}

// A sharedBatch identifies a batch of a shared queue, which is posted to all Alertmanagers at the same time.
type sharedBatch struct {
	at      time.Duration
	replica int
	first   trace.Span
}

func (t *Timeline) levels() *levels {
	l := &levels{of: map[string]*level{}, queues: t.queues}
	for _, a := range t.actors {
		l.of[a] = &level{}
	}
	return l
}

// apply updates the levels by an event.
func (l *levels) apply(m *event) {
	at := l.of[m.actor]
	if at == nil {
		return
	}
	switch m.kind {
	case trace.KindQueue:
		at.queued += m.n
	case trace.KindDrop:
		l.dequeue(at, m.n)
	case trace.KindPost:
		at.inFlight += m.n
		from := l.of[shared]
		if from == nil {
			l.dequeue(at, m.n)
			break
		}
		b := sharedBatch{at: m.at, replica: m.replica}
		if len(m.numbers) > 0 {
			b.first = m.numbers[0]
		}
		if b != l.batch {
			l.dequeue(from, m.n)
		}
		l.batch = b
	case trace.KindAnswer:
		at.inFlight -= m.n
	}
}

func (l *levels) dequeue(at *level, n int) {
	if l.queues {
		at.queued = max(0, at.queued-n)
	}
}
