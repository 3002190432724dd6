package fuzz

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Draft is a random scenario. It holds the entries of the file in lists, so that entries can be left out.
type Draft struct {
	Release string
	Comment string
	// Name is the name of the test; if it is empty the name is "drawn". Breaks maps the invariants that the test
	// violates on the release to the reasons.
	Name     string
	Breaks   map[string]string
	scrapes  string   // scrape_interval, 1s if empty
	global   []string // entries of `config`
	sets     []string // entries of `alertmanagers` in `config`
	flags    []string
	series   []string
	behave   []string // entries of `alertmanagers` in the test
	timeline []string
}

// NewDraft generates a scenario for a release. The same seed gives the same scenario.
func NewDraft(release string, seed uint64) *Draft { return newDraft(release, seed, false) }

// NewHealingDraft generates a scenario for a search. Its faults begin within the first minute, with kinds and
// intensities that are drawn beforehand, and all of them end within 20 s after it. At 15m, when most queues are empty,
// a few more alerts are sent.
func NewHealingDraft(release string, seed uint64) *Draft {
	d := newDraft(release, seed, true)
	d.scrapes = "5s"
	if !slices.ContainsFunc(d.timeline, func(e string) bool { return strings.Contains(e, "shutdown") }) {
		d.timeline = append(d.timeline, "- {at: 15m, send: {alerts: 'z[1-3]'}}")
	}
	return d
}

// Text returns the text of the scenario file.
func (d *Draft) Text() []byte {
	var b strings.Builder
	for line := range strings.Lines(d.Comment) {
		fmt.Fprintf(&b, "# %s\n", strings.TrimRight(line, "\n"))
	}
	fmt.Fprintf(&b, "release: %s\nconfig:\n", d.Release)
	list := func(indent, name string, items []string) {
		if len(items) > 0 {
			fmt.Fprintf(&b, "%s%s:\n", indent, name)
			for _, item := range items {
				fmt.Fprintf(&b, "%s  %s\n", indent, item)
			}
		}
	}
	for _, line := range d.global {
		if strings.HasPrefix(line, "global") {
			fmt.Fprintf(&b, "  %s\n", line)
		}
	}
	b.WriteString("  alerting:\n")
	for _, line := range d.global {
		if !strings.HasPrefix(line, "global") {
			fmt.Fprintf(&b, "    %s\n", line)
		}
	}
	list("    ", "alertmanagers", d.sets)
	list("", "flags", d.flags)
	fmt.Fprintf(&b, "evaluation_interval: 15s\nscrape_interval: %s\ntests:\n  - name: %s\n", cmp.Or(d.scrapes, "1s"),
		cmp.Or(d.Name, "drawn"))
	list("    ", "invariants", d.breaks())
	list("    ", "input_series", d.series)
	list("    ", "alertmanagers", d.behave)
	list("    ", "timeline", d.timeline)
	return []byte(b.String())
}

// breaks returns the entries of the test's `invariants`.
func (d *Draft) breaks() []string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(d.Breaks)) {
		lines = append(lines, fmt.Sprintf("%s: {fails_on: {%s: '%s'}}", name, d.Release,
			strings.ReplaceAll(d.Breaks[name], "'", "''")))
	}
	return lines
}
