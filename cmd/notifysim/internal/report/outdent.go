package report

import "strings"

// outdent removes the indentation that all lines have in common.
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
