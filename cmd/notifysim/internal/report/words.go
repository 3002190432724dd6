package report

import (
	"fmt"
	"strings"
)

// Quote makes s one word for a shell.
func Quote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./:,", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// List joins items with commas; of more than most it shows the first most, and how many follow.
func List(items []string, most int) string {
	if n := len(items) - most; n > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(items[:most], ", "), n)
	}
	return strings.Join(items, ", ")
}

// plural returns "1 run" or "2 runs".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// outdent removes the indentation that all lines share.
func outdent(lines []string) []string {
	margin := -1
	for _, line := range lines {
		if n := len(line) - len(strings.TrimLeft(line, " ")); margin < 0 || n < margin {
			margin = n
		}
	}
	var cut []string
	for _, line := range lines {
		if n := len(line) - len(strings.TrimLeft(line, " ")); n < len(line) {
			line = line[margin:]
		}
		cut = append(cut, line)
	}
	return cut
}
