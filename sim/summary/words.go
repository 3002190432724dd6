package summary

import (
	"strings"

	"github.com/notifysim/notifysim/internal/text"
)

// sentence makes text a sentence; one that begins with a name keeps its letters.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	for _, word := range []string{"nothing", "no", "all", "relabelling"} {
		if strings.HasPrefix(text, word+" ") {
			text = strings.ToUpper(text[:1]) + text[1:]
		}
	}
	return text + "."
}

// copies counts copies of alerts.
func copies(n int64) string { return text.Thousands(n) + " " + choose(n, "copy", "copies") }

// choose returns one for a single thing, and many for any other number.
func choose(n int64, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// inWords lists words in a sentence: "a, b and c".
func inWords(words []string) string {
	n := len(words)
	if n < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
}
