package timeline

import (
	"fmt"
	"slices"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/internal/trace"
)

// An actorStep sums up what one actor does in a step.
type actorStep struct {
	states                             []string // in the order of the events: faults, joins, target updates
	sends, sent, queued, posts, posted int
	dropped, answered                  wordCounts // by reason, by outcome
	late, expired                      int
	falselyResolved, refired           int
	resurrected                        int
	alerts                             string // of the only send
}

// wordCounts are counts by word, in the order of the first occurrences.
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

// add adds an event.
func (s *actorStep) add(m *event) {
	switch m.kind {
	case trace.KindSend:
		s.sends++
		s.sent += m.n
		s.alerts = m.alerts
	case trace.KindBlocked:
		s.state("waits for the lock")
	case trace.KindQueue:
		s.queued += m.n
	case trace.KindDrop:
		s.dropped.add(m.word, m.n)
	case trace.KindPost:
		s.posts++
		s.posted += m.n
	case trace.KindAnswer:
		s.answered.add(m.word, m.n)
	case trace.KindLate:
		s.late += m.n
	case trace.KindExpired:
		s.expired += m.n
	case trace.KindFalselyResolved:
		s.falselyResolved += m.n
	case trace.KindRefired:
		s.refired += m.n
	case trace.KindResurrected:
		s.resurrected += m.n
	case trace.KindTargets:
		s.state("target update")
	case trace.KindMissed:
		s.state("missed update")
	case trace.KindReload:
		s.state("reload")
	case trace.KindJoin:
		s.state("joins")
	case trace.KindLeave:
		s.state("leaves")
	case trace.KindFaultBegin:
		s.state("▼ " + m.word)
	case trace.KindFaultEnd:
		s.state("▲ " + m.word + " over")
	case trace.KindStop:
		s.state("stop")
	case trace.KindStopped:
		s.state("stopped")
	case trace.KindStarted:
		s.state("starts")
	}
}

// state adds a state, once.
func (s *actorStep) state(word string) {
	if !slices.Contains(s.states, word) {
		s.states = append(s.states, word)
	}
}

// words returns the contents of a cell; now is the level of the actor after the step, nil for a sender.
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
	add(s.late, "%s stored late", text.Thousands(s.late))
	add(s.expired, "%s stored as resolved", text.Thousands(s.expired))
	add(s.falselyResolved, "%s falsely resolved", text.Thousands(s.falselyResolved))
	add(s.refired, "%s fire again", text.Thousands(s.refired))
	add(s.resurrected, "%s resurrected", text.Thousands(s.resurrected))
	if now != nil {
		add(now.queued, "%s wait", text.Thousands(now.queued))
	}
	return words
}
