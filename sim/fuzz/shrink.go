package fuzz

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Shrink removes entries of d as long as fails still returns true, and returns the smaller draft. It may call fails
// with drafts that are not valid scenarios.
func (d *Draft) Shrink(fails func(*Draft) bool) *Draft {
	small := *d
	for again := true; again; {
		again = false
		for p := range small.parts() {
			for size := len(*small.parts()[p]); size > 0; size /= 2 {
				for at := 0; at+size <= len(*small.parts()[p]); {
					try := small
					list := *try.parts()[p]
					*try.parts()[p] = append(append([]string{}, list[:at]...), list[at+size:]...)
					if fails(&try) {
						small, again = try, true
					} else {
						at += size
					}
				}
			}
		}
	}
	return &small
}

// parts returns the lists of a draft from which entries may be removed.
func (d *Draft) parts() []*[]string {
	return []*[]string{&d.timeline, &d.series, &d.behave, &d.global, &d.sets, &d.flags}
}

// Simplify replaces numbers in d, such as how many alerts are sent and when, by smaller or rounder ones as long as
// fails still returns true.
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

var (
	alertRange  = regexp.MustCompile(`\[(\d+)-(\d+)\]`)
	oddDuration = regexp.MustCompile(`\b(\d+)ms\b`)
)

// simplifications returns simpler variants of an entry to try, the simplest first.
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
