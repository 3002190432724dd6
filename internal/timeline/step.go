package timeline

import (
	"fmt"
	"slices"
	"strings"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/internal/trace"
)

// An actorStep sums up the events of one actor in one step.
type actorStep struct {
	states                             []string // the texts of states, in the order of the events
	sends, sent, queued, posts, posted int
	dropped, answered                  wordCounts         // by reason and by outcome
	effects                            map[trace.Kind]int // numbers of alerts, by the kind of event
	alerts                             string             // the alerts of the last send
}

// effects are the kinds of events that are effects on alerts, with the text that states how many alerts are affected.
var effects = []struct {
	kind trace.Kind
	text string
}{
	{trace.KindLate, "%s stored late"},
	{trace.KindExpired, "%s stored as resolved"},
	{trace.KindFalselyResolved, "%s falsely resolved"},
	{trace.KindRefired, "%s fire again"},
	{trace.KindResurrected, "%s resurrected"},
}

// states are the kinds of events that a cell only names, with the text. In it, * stands for the word of the event.
var states = map[trace.Kind]string{
	trace.KindBlocked: "waits for the lock", trace.KindTargets: "target update", trace.KindMissed: "missed update",
	trace.KindReload: "reload", trace.KindJoin: "joins", trace.KindLeave: "leaves",
	trace.KindFaultBegin: "▼ *", trace.KindFaultEnd: "▲ * over",
	trace.KindStop: "stop", trace.KindStopped: "stopped", trace.KindStarted: "starts",
}

// wordCounts are counts by word, in the order in which the words first occurred.
type wordCounts struct {
	words  []string
	counts map[string]int
}

func (t *wordCounts) add(word string, n int) {
	if t.counts == nil {
		t.counts = map[string]int{}
	}
	if _, ok := t.counts[word]; !ok {
		t.words = append(t.words, word)
	}
	t.counts[word] += n
}

// add adds an event to the sums.
func (s *actorStep) add(m *event) {
	switch m.kind {
	case trace.KindSend:
		s.sends++
		s.sent += m.n
		s.alerts = m.alerts
	case trace.KindQueue:
		s.queued += m.n
	case trace.KindDrop:
		s.dropped.add(m.word, m.n)
	case trace.KindPost:
		s.posts++
		s.posted += m.n
	case trace.KindAnswer:
		s.answered.add(m.word, m.n)
	default:
		if state, ok := states[m.kind]; !ok {
			s.effects[m.kind] += m.n
		} else if state = strings.Replace(state, "*", m.word, 1); !slices.Contains(s.states, state) {
			s.states = append(s.states, state)
		}
	}
}

// words returns the contents of a cell. now is the level of the actor after the step; it is nil for a sender.
func (s *actorStep) words(now *level) []string {
	words := s.states
	add := func(n int, format string, args ...any) {
		if n > 0 {
			words = append(words, fmt.Sprintf(format, args...))
		}
	}
	switch {
	case s.sends == 1:
		add(s.sends, "send %s %s", text.Thousands(s.sent), s.alerts)
	case s.sends > 1:
		add(s.sends, "%s sends of %s", text.Thousands(s.sends), text.Thousands(s.sent))
	}
	add(s.queued, "+%s", text.Thousands(s.queued))
	for _, why := range s.dropped.words {
		add(s.dropped.counts[why], "−%s %s", text.Thousands(s.dropped.counts[why]), why)
	}
	switch {
	case s.posts == 1:
		add(s.posts, "post %s", text.Thousands(s.posted))
	case s.posts > 1:
		add(s.posts, "%s posts of %s", text.Thousands(s.posts), text.Thousands(s.posted))
	}
	for _, outcome := range s.answered.words {
		if n := s.answered.counts[outcome]; outcome == "200" {
			add(1, "%s delivered", text.Thousands(n))
		} else {
			add(1, "%s %s", text.Thousands(n), outcome)
		}
	}
	for _, e := range effects {
		add(s.effects[e.kind], e.text, text.Thousands(s.effects[e.kind]))
	}
	if now != nil {
		add(now.queued, "%s wait", text.Thousands(now.queued))
	}
	return words
}
