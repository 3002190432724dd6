// Package text writes numbers, times and lists for people. Programs should read the numbers where they come from.
//
// The package is internal to this module: it promises nothing to others.
package text

import (
	"strings"
	"time"
)

// Duration writes a duration without zero units: "1m" rather than "1m0s".
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

// Shorten cuts the middle out of a list that is longer than n bytes.
func Shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:n/2-2] + " … " + s[len(s)-n/2+2:]
}
