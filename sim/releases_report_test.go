package sim_test

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// report returns the report old with new rows for the releases that were compared. It keeps the rows of other releases.
func report(old []byte, rows []*conformity) []byte {
	table := map[string]string{}
	for line := range strings.Lines(string(old)) {
		if cells := strings.Split(line, "|"); len(cells) > 2 && strings.HasPrefix(cells[1], " v") {
			table[strings.TrimSpace(cells[1])] = line
		}
	}
	for _, c := range rows {
		table[c.rel.Name] = fmt.Sprintf("| %s | %s | %s | %d | %v | %d | %v | %d | %d | %d |\n",
			c.rel.Name, c.module, c.built, c.runs, c.libraryTook.Round(100*time.Millisecond), c.random,
			c.draftTook.Round(time.Second),
			c.alerts, len(c.unobservable)+len(c.unfit), len(c.differences))
	}
	var b strings.Builder
	b.WriteString(`# The model and the real notifiers

Written by ` + "`make conformance-releases`" + `. For each release the library and random scenarios ran on the engine
` + "`model`" + ` and on the unmodified notifier of that release (engine ` + "`prometheus`" + `). The trace, the ledger
and the metrics at every scrape were compared. A run is "not comparable" if its outcome cannot be determined from
outside that notifier, or if its configuration has fields that the release does not know. In releases in which the sets
relabel in the random order of a Go map (v2.51 to v3.6), the model uses the order that the notifier used. Each row is
from the last run of its release. The time of compiling depends on the Go build cache; "kept" means that the program had
already been compiled. v2.5.0 is the release of the article that notifysim's design began with.

| release | module | compiled in | library runs | took | random scenarios | took | alerts offered ` +
		`| not comparable | differences |
|---|---|---|---:|---:|---:|---:|---:|---:|---:|
`)
	for _, name := range slices.SortedFunc(maps.Keys(table), compareReleases) {
		b.WriteString(table[name])
	}
	fmt.Fprintf(&b, "\nLast run: %s, %s/%s, %d processors.\n", runtime.Version(), runtime.GOOS, runtime.GOARCH,
		runtime.NumCPU())
	return []byte(b.String())
}

// compareReleases compares two releases by their version numbers.
func compareReleases(a, b string) int {
	numbers := func(s string) (list []int) {
		for part := range strings.SplitSeq(strings.TrimPrefix(s, "v"), ".") {
			n, _ := strconv.Atoi(part)
			list = append(list, n)
		}
		return list
	}
	return slices.Compare(numbers(a), numbers(b))
}
