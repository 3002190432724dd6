package plan

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	prettytext "github.com/jedib0t/go-pretty/v6/text"

	"github.com/notifysim/notifysim/internal/text"
)

// Replay returns the command that shows the worst run of a plan with the advised flags and release.
func (a *Answer) Replay(p *Plan) string {
	pt := p.advised.point
	words := []string{
		"notifysim test --release", pt.release.Name, "--run", text.ShellQuote("^" + regexp.QuoteMeta(a.Test) + "$"),
		"--seeds", fmt.Sprint(p.Peak.Seed),
		"--flag", fmt.Sprintf("alertmanager.notification-queue-capacity=%d", p.Capacity),
	}
	if pt.BatchSize > 0 {
		words = append(words, "--flag", fmt.Sprintf("alertmanager.notification-batch-size=%d", pt.BatchSize))
	}
	if pt.ResendDelay > 0 {
		words = append(words, "--flag", "rules.alert.resend-delay="+spell(pt.ResendDelay))
	}
	return strings.Join(append(words, text.FileArg(a.File)), " ")
}

// Assumptions returns what the answer assumes, one sentence each.
func (a *Answer) Assumptions() []string {
	list := []string{
		"load and outages are those of the scenario; the plan knows no others",
		"a capacity is of one queue; Prometheus has one for each Alertmanager since v3.10, and one for all before",
		"memory is that of Prometheus v3.16 with 256 B of annotations and generator URL an alert, and queues that hold " +
			"the same alerts",
	}
	if a.Replicas > 0 {
		list = append(list, fmt.Sprintf("the capacity is for each of the %d replicas; each counts what it loses, even if "+
			"another delivers it",
			a.Replicas))
	}
	if a.Random {
		list = append(list, fmt.Sprintf("only the seed is random: %d of them bound the share of runs whatever their "+
			"distribution; nothing is fitted",
			a.Seeds))
	}
	return list
}

func (a *Answer) writeAssumptions(b *strings.Builder) {
	b.WriteString("\nassumptions\n")
	for _, s := range a.Assumptions() {
		fmt.Fprintf(b, "  - %s\n", s)
	}
	b.WriteString("\nreplay the worst run with\n")
	for _, p := range a.Plans {
		fmt.Fprintf(b, "  %s\n", a.Replay(p))
	}
}

// writeSensitivity writes how the drop-free capacity changes with each input, as a table with bars.
func writeSensitivity(b *strings.Builder, shifts []Shift) {
	if len(shifts) == 0 {
		return
	}
	const width = 40
	most := 1
	for _, s := range shifts {
		most = max(most, s.highest())
	}
	t := newTable()
	t.AppendHeader(table.Row{"input", "halved", "as it is", "doubled", "capacity needed, 0 to " + fmt.Sprint(most)})
	t.SetColumnConfigs([]table.ColumnConfig{
		{Number: 2, Align: prettytext.AlignRight}, {Number: 3, Align: prettytext.AlignRight},
		{Number: 4, Align: prettytext.AlignRight},
	})
	for _, s := range shifts {
		at := func(n int) int { return n * (width - 1) / most }
		from, to := at(s.lowest()), at(s.highest())
		bar := []rune(strings.Repeat(" ", from) + strings.Repeat("█", to-from+1))
		bar[at(s.Base)] = '┃'
		t.AppendRow(table.Row{s.Input, s.Half, s.Base, s.Twice, string(bar)})
	}
	fmt.Fprintf(b, "\nwhich input changes the answer most\n\n%s\n", indentTable(t))
}

// shades are the characters of a heat map, from the lowest value to the highest.
var shades = []rune(" ░▒▓█")

// writeHeatmap draws the heat map of the sweep.
func writeHeatmap(b *strings.Builder, h *Heatmap) {
	if h == nil {
		return
	}
	most := h.highest()
	unit := "capacity needed"
	if h.What == "overflow" {
		unit = "% that queues drop"
	}
	fmt.Fprintf(b, "\n%s: %s (down) and %s (across); from ' ' for 0 to █ for %s\n\n", unit, h.Rows.Input, h.Cols.Input,
		h.text(most))
	for i, row := range h.Cells {
		fmt.Fprintf(b, "  %8s ", h.Rows.label(i))
		for _, x := range row {
			b.WriteString(strings.Repeat(string(shade(x, most)), 2))
		}
		fmt.Fprintf(b, "  %s … %s\n", h.text(row[0]), h.text(row[len(row)-1]))
	}
	fmt.Fprintf(b, "  %8s %s … %s\n", "", h.Cols.label(0), h.Cols.label(len(h.Cols.Values)-1))
}

// text writes the value of a cell.
func (h *Heatmap) text(x float64) string {
	switch {
	case x < 0:
		return "?"
	case h.What == "capacity":
		return fmt.Sprint(int(x))
	}
	return fmt.Sprintf("%.3g%%", x)
}

// highest returns the largest value of the map.
func (h *Heatmap) highest() float64 {
	most := 0.0
	for _, row := range h.Cells {
		for _, x := range row {
			most = max(most, x)
		}
	}
	return most
}

func shade(x, most float64) rune {
	switch {
	case x < 0:
		return '?'
	case most == 0:
		return shades[0]
	}
	return shades[min(int(x/most*float64(len(shades)-1)+0.999), len(shades)-1)]
}
