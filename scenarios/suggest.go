package scenarios

import (
	"fmt"
	"strings"
)

// writeOneOf returns what to write instead of word: the nearest of known, or all of them when none is near.
func writeOneOf(word string, known []string) string {
	if near := nearest(word, known); near != "" {
		return fmt.Sprintf("write %q", near)
	}
	switch {
	case len(known) == 0:
		return "leave it out"
	case len(known) > 12:
		return fmt.Sprintf("write one of %s, …", strings.Join(known[:12], ", "))
	}
	return "write one of " + strings.Join(known, ", ")
}

// nearest returns the first of the known words with the fewest typing mistakes from word, or "" when all are far.
func nearest(word string, known []string) string {
	const longest, most = 64, 1_000 // beyond these it would cost more than it helps
	if len(word) > longest {
		return ""
	}
	best, within := "", max(min(2, len(word)/2), len(word)/3)+1
	for _, k := range known[:min(len(known), most)] {
		if d := distance(word, k, within); d < within {
			best, within = k, d
		}
	}
	return best
}

// distance is the number of letters to insert, delete, replace or swap with the next one
// that makes a of b, or limit when it is not below that.
func distance(a, b string, limit int) int {
	if diff := len(a) - len(b); diff >= limit || -diff >= limit {
		return limit
	}
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 0; i < len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		least := row[0]
		for j := 0; j < len(b); j++ {
			row[j+1] = min(last[j+1], row[j], last[j]) + 1
			if a[i] == b[j] {
				row[j+1] = last[j]
			} else if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
			least = min(least, row[j+1])
		}
		if least >= limit {
			return limit
		}
		before, last = last, row
	}
	return min(last[len(b)], limit)
}
