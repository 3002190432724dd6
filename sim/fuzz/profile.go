package fuzz

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// NewHealingDraft draws a scenario for a search: a minute in which things go wrong, in kinds and intensities that the
// seed draws first, then an end to all faults within 20 s, and much later, when most queues have emptied, a few alerts
// more.
func NewHealingDraft(release string, seed uint64) *Draft {
	d := newDraft(release, seed, true)
	d.scrapes = "5s"
	if !slices.ContainsFunc(d.timeline, func(e string) bool { return strings.Contains(e, "shutdown") }) {
		d.timeline = append(d.timeline, "- {at: 15m, send: {alerts: 'z[1-3]'}}")
	}
	return d
}

// breaks are the entries of the test's invariants.
func (d *Draft) breaks() []string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(d.Breaks)) {
		lines = append(lines, fmt.Sprintf("%s: {fails_on: {%s: '%s'}}", name, d.Release,
			strings.ReplaceAll(d.Breaks[name], "'", "''")))
	}
	return lines
}

var (
	alertRange  = regexp.MustCompile(`\[(\d+)-(\d+)\]`)
	oddDuration = regexp.MustCompile(`\b(\d+)ms\b`)
)

// Simplify makes numbers of d smaller or rounder as long as fails still holds: how many alerts are sent, and when.
func (d *Draft) Simplify(fails func(*Draft) bool) *Draft {
	small := *d
	for _, part := range []func(*Draft) *[]string{
		func(d *Draft) *[]string { return &d.timeline }, func(d *Draft) *[]string { return &d.series },
	} {
		for i := range *part(&small) {
			for _, simpler := range simplifications((*part(&small))[i]) {
				try := small
				list := slices.Clone(*part(&small))
				list[i] = simpler
				*part(&try) = list
				if fails(&try) {
					small = try
					break
				}
			}
		}
	}
	return &small
}

// simplifications are texts to try for an entry, the simplest first.
func simplifications(entry string) []string {
	var list []string
	if m := alertRange.FindStringSubmatch(entry); m != nil {
		first, _ := strconv.Atoi(m[1])
		last, _ := strconv.Atoi(m[2])
		for _, n := range []int{1, 2, 3, 5, 8, 12, 20, 30} {
			if n < last-first+1 {
				list = append(list, strings.Replace(entry, m[0], fmt.Sprintf("[%d-%d]", first, first+n-1), 1))
			}
		}
	}
	if m := oddDuration.FindStringSubmatch(entry); m != nil {
		if n, _ := strconv.Atoi(m[1]); n >= 1000 {
			list = append(list, strings.Replace(entry, m[0], fmt.Sprintf("%ds", n/1000), 1))
		}
	}
	return list
}
