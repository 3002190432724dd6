package summary

import (
	"fmt"
	"strings"

	"github.com/notifysim/notifysim/internal/text"
)

// sentence makes text a sentence; one that begins with a name keeps its letters.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	for _, word := range []string{"nothing", "all", "relabelling"} {
		if strings.HasPrefix(text, word+" ") {
			text = strings.ToUpper(text[:1]) + text[1:]
		}
	}
	return text + "."
}

// replicas is the sentence about what none of several senders brought to anybody.
func (s *summary) replicas() string {
	l := s.res.Ledger
	switch all := AllReplicas(len(l.Replicas)); {
	case l.LostByAll == nil || l.Lost == 0:
		return ""
	case *l.LostByAll == 0:
		return sentence(fmt.Sprintf("nothing was lost by %s: what one lost, another brought to somebody", all))
	default:
		return sentence(fmt.Sprintf("%s lost by %s", wereLost(*l.LostByAll), all))
	}
}

// AllReplicas says that all n replicas are meant.
func AllReplicas(n int) string {
	if n == 2 {
		return "both replicas"
	}
	return "all " + plural(n, "replica")
}

func wereLost(n int64) string {
	if n == 1 {
		return "1 alert was"
	}
	return text.Thousands(n) + " alerts were"
}

func stillWait(n int64) string {
	if n == 1 {
		return "1 alert still waits"
	}
	return text.Thousands(n) + " alerts still wait"
}

func plural(n int, what string) string { return plural64(int64(n), what) }

func plural64(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return text.Thousands(n) + " " + what + "s"
}

// inWords lists words in a sentence: "a, b and c".
func inWords(words []string) string {
	n := len(words)
	if n < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
}
