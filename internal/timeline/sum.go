package timeline

import (
	"fmt"

	"github.com/notifysim/notifysim/internal/trace"
)

// A sum is what one actor does in a step.
type sum struct {
	first                                 []string // printed as they come: faults, joins, target updates
	sends, sent, queued, posts, posted    int
	dropped, answered                     tally // by reason, by outcome
	late, expired, falsely, refired, back int
	alerts                                string // of the only send or post
}

// A tally counts by word, in the order in which the words came.
type tally struct {
	words  []string
	counts map[string]int
}

func (t *tally) add(word string, n int) {
	if t.counts == nil {
		t.counts = map[string]int{}
	}
	if _, ok := t.counts[word]; !ok {
		t.words = append(t.words, word)
	}
	t.counts[word] += n
}

// add counts a moment.
func (s *sum) add(m *moment) {
	switch m.kind {
	case trace.KindSend:
		s.sends++
		s.sent += m.n
		s.alerts = m.alerts
	case trace.KindBlocked:
		s.say("waits for the lock")
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
		s.falsely += m.n
	case trace.KindRefired:
		s.refired += m.n
	case trace.KindResurrected:
		s.back += m.n
	case trace.KindTargets:
		s.say("target update")
	case trace.KindMissed:
		s.say("missed update")
	case trace.KindReload:
		s.say("reload")
	case trace.KindJoin:
		s.say("joins")
	case trace.KindLeave:
		s.say("leaves")
	case trace.KindFaultBegin:
		s.say("▼ " + m.word)
	case trace.KindFaultEnd:
		s.say("▲ " + m.word + " over")
	case trace.KindStop:
		s.say("stop")
	case trace.KindStopped:
		s.say("stopped")
	case trace.KindStarted:
		s.say("starts")
	}
}

// say tells something once.
func (s *sum) say(word string) {
	for _, w := range s.first {
		if w == word {
			return
		}
	}
	s.first = append(s.first, word)
}

// words are what a cell says, ended by what waits and what is in flight then.
func (s *sum) words(now *level) []string {
	words := s.first
	say := func(n int, format string, args ...any) {
		if n > 0 {
			words = append(words, fmt.Sprintf(format, args...))
		}
	}
	switch {
	case s.sends == 1:
		say(s.sends, "send %s %s", number(s.sent), s.alerts)
	case s.sends > 1:
		say(s.sends, "%s sends of %s", number(s.sends), number(s.sent))
	}
	say(s.queued, "+%s", number(s.queued))
	for _, why := range s.dropped.words {
		say(s.dropped.counts[why], "−%s %s", number(s.dropped.counts[why]), why)
	}
	switch {
	case s.posts == 1:
		say(s.posts, "post %s", number(s.posted))
	case s.posts > 1:
		say(s.posts, "%s posts of %s", number(s.posts), number(s.posted))
	}
	for _, outcome := range s.answered.words {
		if n := s.answered.counts[outcome]; outcome == "200" {
			say(1, "%s taken", number(n))
		} else {
			say(1, "%s %s", number(n), outcome)
		}
	}
	say(s.late, "%s taken late", number(s.late))
	say(s.expired, "%s taken for resolved", number(s.expired))
	say(s.falsely, "%s falsely resolved", number(s.falsely))
	say(s.refired, "%s fire again", number(s.refired))
	say(s.back, "%s back though over", number(s.back))
	if now != nil {
		say(now.queued, "%s wait", number(now.queued))
	}
	return words
}
