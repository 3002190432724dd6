package plan

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// quote writes a word for a shell.
func quote(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

var plainWord = regexp.MustCompile(`^[a-zA-Z0-9_./:@%+-]+$`)

func timeSteps(n int) time.Duration { return time.Duration(n) }

// Replay is the command that shows the worst run of a plan with its capacity, given the scenario with that flag.
func (a *Answer) Replay(p *Plan) string {
	words := []string{"notifysim test --release", p.Release, "--run", quote("^" + regexp.QuoteMeta(a.Test) + "$"), "--seeds", fmt.Sprint(p.Peak.Seed),
		"--flag", fmt.Sprintf("alertmanager.notification-queue-capacity=%d", p.Capacity)}
	if p.point.BatchSize > 0 {
		words = append(words, "--flag", fmt.Sprintf("alertmanager.notification-batch-size=%d", p.point.BatchSize))
	}
	return strings.Join(append(words, quote(a.File)), " ")
}

// assumptions says what the answer rests on.
func (a *Answer) assumptions(b *strings.Builder) {
	b.WriteString("\nassumes\n")
	for _, s := range a.Assumptions() {
		fmt.Fprintf(b, "  - %s\n", s)
	}
	b.WriteString("\nreplay the worst run with\n")
	for _, p := range a.Plans {
		fmt.Fprintf(b, "  %s\n", a.Replay(p))
	}
}

// Assumptions are what the answer rests on, a sentence each.
func (a *Answer) Assumptions() []string {
	list := []string{
		"load and outages are those of the scenario: what it does not have, the plan does not know",
		"a capacity is of one queue; Prometheus has one for each Alertmanager since v3.10, and one for all before",
		"memory is that of Prometheus v3.15 with 256 B of annotations and generator URL an alert, and queues that hold the same alerts",
	}
	if a.Replicas > 0 {
		list = append(list, fmt.Sprintf("each of the %d replicas counts what it loses, though another may have brought it; a capacity is for each of them", a.Replicas))
	}
	if a.Random {
		list = append(list, fmt.Sprintf("chance is the seeds' alone: %d of them bound the share of runs whatever their distribution; nothing is fitted", a.Seeds))
	}
	return list
}

// writeSensitivity shows which input moves the answer most, as a table and a tornado.
func (a *Answer) writeSensitivity(b *strings.Builder) {
	if len(a.Sensitivity) == 0 {
		return
	}
	const width = 40
	most := 1
	for _, s := range a.Sensitivity {
		most = max(most, s.Half, s.Base, s.Twice)
	}
	t := table.NewWriter()
	t.SetStyle(table.Style{Name: "plain", Box: table.BoxStyle{PaddingRight: "  ", MiddleHorizontal: "─"}, Options: table.Options{SeparateHeader: true}})
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(table.Row{"input", "halved", "as it is", "doubled", "capacity needed, 0 to " + fmt.Sprint(most)})
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 2, Align: text.AlignRight}, {Number: 3, Align: text.AlignRight}, {Number: 4, Align: text.AlignRight}})
	for _, s := range a.Sensitivity {
		at := func(n int) int { return n * (width - 1) / most }
		from, to := at(min(s.Half, s.Base, s.Twice)), at(max(s.Half, s.Base, s.Twice))
		bar := []rune(strings.Repeat(" ", from) + strings.Repeat("█", to-from+1))
		bar[at(s.Base)] = '┃'
		t.AppendRow(table.Row{s.Input, s.Half, s.Base, s.Twice, string(bar)})
	}
	b.WriteString("\nwhat moves the answer most\n\n")
	for line := range strings.Lines(t.Render()) {
		b.WriteString("  " + strings.TrimRight(line, " \n") + "\n")
	}
}

// shades are the steps of a heat map.
var shades = []rune(" ░▒▓█")

// writeHeat draws the sweep.
func (a *Answer) writeHeat(b *strings.Builder) {
	h := a.Heat
	if h == nil {
		return
	}
	most := h.most()
	unit := "capacity needed"
	if h.What == "overflow" {
		unit = "% that queues drop"
	}
	fmt.Fprintf(b, "\n%s: %s (down) and %s (across); from ' ' for 0 to █ for %s\n\n", unit, h.Rows.Input, h.Cols.Input, h.text(most))
	for i, row := range h.Cells {
		fmt.Fprintf(b, "  %8s ", h.Rows.label(i))
		for _, x := range row {
			fmt.Fprintf(b, "%s", strings.Repeat(string(shade(x, most)), 2))
		}
		fmt.Fprintf(b, "  %s … %s\n", h.text(row[0]), h.text(row[len(row)-1]))
	}
	fmt.Fprintf(b, "  %8s %s … %s\n", "", h.Cols.label(0), h.Cols.label(len(h.Cols.Values)-1))
}

// text writes a value of the map.
func (h *Heat) text(x float64) string {
	switch {
	case x < 0:
		return "?"
	case h.What == "capacity":
		return fmt.Sprint(int(x))
	}
	return fmt.Sprintf("%.3g%%", x)
}

func (h *Heat) most() float64 {
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
