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

// MaxEvents is how many events of a run a timeline has; it says so when there were more.
const MaxEvents = 2_000_000

// The actors that have no address.
const (
	sender = "sender"
	shared = "shared queue"
)

// senderOf is the actor that a replica is, 0 if there is one.
func senderOf(replica int) string {
	if replica == 0 {
		return sender
	}
	return "replica " + strconv.Itoa(replica)
}

// A moment is what a timeline keeps of an event.
type moment struct {
	at      time.Duration
	kind    trace.Kind
	replica int // whose notifier's, 0 if there is one
	actor   string
	n       int
	alerts  string
	word    string // the reason, the outcome or the note
	numbers []trace.Span
	delay   time.Duration // the longest of an answer's alerts since the call of Send
}

// A Recorder takes down the events of a run. Its Event is for sim.Options.Events.
type Recorder struct {
	moments []moment
	left    int64
	kinds   map[trace.Kind]bool
}

// Event takes down an event.
func (r *Recorder) Event(e *trace.Event) {
	if len(r.moments) == MaxEvents {
		r.left++
		return
	}
	if r.kinds == nil {
		r.kinds = map[trace.Kind]bool{}
	}
	r.kinds[e.Kind] = true
	m := moment{at: e.At, kind: e.Kind, replica: e.Replica, actor: senderOf(e.Replica), n: e.N, alerts: e.Alerts,
		word: e.Note, numbers: slices.Clone(e.Spans)}
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
	r.moments = append(r.moments, m)
}

// A Timeline is a run on a time axis.
type Timeline struct {
	file    *scenarios.File
	test    *scenarios.Test
	release *core.Release
	result  *sim.Result
	end     time.Duration
	moments []moment
	left    int64
	senders []string
	actors  []string // the shared queue, if there is one, then the Alertmanagers by address
	queues  bool     // the engine tells what enters the queues
}

// Timeline returns what was taken down of a run, with its result.
func (r *Recorder) Timeline(f *scenarios.File, t *scenarios.Test, rel *core.Release, res *sim.Result) *Timeline {
	tl := &Timeline{
		file: f, test: t, release: rel, result: res, end: max(time.Duration(res.End), t.Duration),
		moments: r.moments, left: r.left,
		queues: res.Engine == string(sim.EngineModel) || r.kinds[trace.KindQueue],
	}
	seen := map[string]bool{}
	for i := range max(1, len(res.Ledger.Replicas)) {
		tl.senders = append(tl.senders, senderOf(min(i+1, len(res.Ledger.Replicas))))
		seen[tl.senders[i]] = true
	}
	for _, m := range r.moments {
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

// A level is what an actor has at an instant.
type level struct{ queued, inFlight int }

// levels follows the actors through the moments.
type levels struct {
	of     map[string]*level
	queues bool
	flight flight // the last of the shared queue
}

// A flight tells the batch of a shared queue, of one replica, which goes to every Alertmanager at once.
type flight struct {
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

// apply goes past a moment.
func (l *levels) apply(m *moment) {
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
		f := flight{at: m.at, replica: m.replica}
		if len(m.numbers) > 0 {
			f.first = m.numbers[0]
		}
		if f != l.flight {
			l.dequeue(from, m.n)
		}
		l.flight = f
	case trace.KindAnswer:
		at.inFlight -= m.n
	}
}

func (l *levels) dequeue(at *level, n int) {
	if l.queues {
		at.queued = max(0, at.queued-n)
	}
}
