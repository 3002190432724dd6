package strictyaml

import (
	"fmt"
	"strconv"
	"strings"
)

// WriteOneOf returns what to write instead of word: the nearest of the known words, of which there may be some that are
// equally near, or, if none is near, all of them.
func WriteOneOf(word string, known []string) string {
	const most = 4
	if near := nearest(word, known); len(near) > 0 {
		quoted := make([]string, min(len(near), most))
		for i := range quoted {
			quoted[i] = strconv.Quote(near[i])
		}
		return "write " + Join(quoted, "or")
	}
	switch {
	case len(known) == 0:
		return "leave it out"
	case len(known) == 1:
		return fmt.Sprintf("write %q", known[0])
	case len(known) > 12:
		return fmt.Sprintf("write one of %s, …", strings.Join(known[:12], ", "))
	}
	return "write one of " + strings.Join(known, ", ")
}

// Nearest returns the known word that differs from word by the fewest typing mistakes, or "" if all differ by too many.
func Nearest(word string, known []string) string {
	if near := nearest(word, known); len(near) > 0 {
		return near[0]
	}
	return ""
}

// nearest returns the known words that differ from word by the fewest typing mistakes, none if all differ by too many.
func nearest(word string, known []string) []string {
	const longest, most = 64, 1_000 // bytes and words: beyond these, the search costs more than it helps
	if len(word) > longest {
		return nil
	}
	var best []string
	limit := max(min(2, len(word)/2), len(word)/3) + 1
	for _, k := range known[:min(len(known), most)] {
		switch d := Distance(word, k, limit); {
		case d >= limit:
		case len(best) > 0 && d == limit-1:
			best = append(best, k)
		default:
			best, limit = []string{k}, d+1
		}
	}
	return best
}

// Distance returns how many bytes of a must be inserted, deleted, replaced or swapped with the next one to get b: the
// Damerau-Levenshtein distance with adjacent transpositions. If it is not below limit, the result is limit.
func Distance(a, b string, limit int) int {
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
