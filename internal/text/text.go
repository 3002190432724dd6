// Package text formats numbers, times and lists for people. Programs should not parse its results.
//
// The package is internal to this module: its API may change at any time.
package text

import (
	"strings"
	"time"
)

// Duration formats a duration without zero units at the end: "1m" rather than "1m0s".
func Duration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = s[:len(s)-2]
	}
	if strings.HasSuffix(s, "h0m") {
		s = s[:len(s)-2]
	}
	return s
}

// Shorten replaces the middle of a text that is longer than n bytes by an ellipsis.
func Shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:n/2-2] + " … " + s[len(s)-n/2+2:]
}
