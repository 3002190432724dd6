package plan

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/guptarohit/asciigraph"
	"github.com/jedib0t/go-pretty/v6/table"
	prettytext "github.com/jedib0t/go-pretty/v6/text"

	"github.com/notifysim/notifysim/internal/text"
)

// WriteText writes an answer for people: for each plan the advice, the table of candidates and the facts behind the
// advice; then the queues over time, and the assumptions.
func (a *Answer) WriteText(w io.Writer) error {
	var b strings.Builder
	if a.Partial {
		b.WriteString("PARTIAL: some runs are missing; this is the answer of the others\n\n")
	}
	for i, p := range a.Plans {
		if i > 0 {
			b.WriteString("\n")
		}
		a.writePlan(&b, p)
	}
	for _, p := range a.Plans {
		fmt.Fprintf(&b, "\n%s\n", p.plot(a.Width))
	}
	writeSensitivity(&b, a.Sensitivity)
	writeHeatmap(&b, a.Heatmap)
	a.writeAssumptions(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

// textWidth is the width of paragraphs, in columns; leastWidth is what they have at least.
const textWidth, leastWidth = 100, 30

func (a *Answer) writePlan(b *strings.Builder, p *Plan) {
	title := a.title(p)
	if a.Width > 0 {
		title = prettytext.WrapSoft(title, max(a.Width, leastWidth))
	}
	fmt.Fprintf(b, "%s\n\n", title)
	for _, sentence := range p.Advice.Text {
		a.writeWrapped(b, "", sentence)
	}
	fmt.Fprintf(b, "\n%s\n\n", p.candidateTable(a.Width))
	a.writeWrapped(b, "", p.legend())
	b.WriteString("\n")
	for _, f := range a.facts(p) {
		a.writeWrapped(b, fmt.Sprintf("%-9s ", f.word), f.text)
	}
}

// writeWrapped writes a sentence in lines of about textWidth columns; the first one begins with a word, below which
// the others are empty.
func (a *Answer) writeWrapped(b *strings.Builder, word, sentence string) {
	width := textWidth
	if a.Width > 0 {
		width = max(min(width, a.Width-len(word)-2), leastWidth)
	}
	for line := range strings.SplitSeq(prettytext.WrapSoft(sentence, width), "\n") {
		fmt.Fprintf(b, "  %s%s\n", word, strings.TrimRight(line, " "))
		word = strings.Repeat(" ", len(word))
	}
}

// title says which test, release and batch size a plan is for.
func (a *Answer) title(p *Plan) string {
	queues := "a queue for each Alertmanager"
	if p.Shared {
		queues = "one queue for all Alertmanagers"
	}
	runs := "nothing depends on the seed, so 1 run is enough"
	if a.Random {
		runs = text.Count(a.Seeds, "run")
	}
	return fmt.Sprintf("%s: %s, Prometheus %s (%s), batches of %d, %s", a.File, a.Test, p.Release, queues, p.BatchSize,
		runs)
}

// tableHead is the head of the table of candidates.
var tableHead = []string{
	"setting", "alerts never\nknown", "99 of 100\nknown after", "all known\nafter", "alert-minutes\nunknown to all",
	"to the worst\nhealthy one", "falsely\nresolved", "for up to", "resolved\nlate by", "memory",
}

// leaveOut are the columns of the table of candidates that are left out first when it is too wide, by their indexes.
var leaveOut = []int{8, 7, 2, 9, 5, 3}

// candidateTable shows the candidates, one in each row. If the table is wider than width, columns are left out; 0 means
// no limit.
func (p *Plan) candidateTable(width int) string {
	for left := 0; ; left++ {
		s := p.candidateTableWithout(leaveOut[:left])
		widest := 0
		for line := range strings.Lines(s) {
			widest = max(widest, prettytext.StringWidthWithoutEscSequences(strings.TrimRight(line, "\n")))
		}
		if width == 0 || widest <= width || left == len(leaveOut) {
			return s
		}
	}
}

// candidateTableWithout is the table without some columns.
func (p *Plan) candidateTableWithout(left []int) string {
	t := newTable()
	head := table.Row{}
	columns := []table.ColumnConfig{}
	for i, name := range tableHead {
		head = append(head, name)
		if i > 0 {
			columns = append(columns, table.ColumnConfig{Number: i + 1, Align: prettytext.AlignRight,
				AlignHeader: prettytext.AlignRight, Hidden: slices.Contains(left, i)})
		}
	}
	t.AppendHeader(head)
	t.SetColumnConfigs(columns)
	for _, c := range p.Candidates {
		row := table.Row{c.mark() + " " + c.label(p)}
		for _, cell := range c.cells() {
			row = append(row, cell)
		}
		t.AppendRow(row)
	}
	return indentTable(t)
}

// mark marks the row of a candidate: the advised one, and those that another one beats.
func (c *Candidate) mark() string {
	switch {
	case c.Advised:
		return "→"
	case c.Beaten:
		return "×"
	}
	return " "
}

// label names a candidate in a few words.
func (c *Candidate) label(p *Plan) string {
	switch c.Change {
	case ChangeNothing:
		return fmt.Sprintf("as it is: capacity %d", p.Current)
	case ChangeCapacity:
		return "capacity " + c.value
	case ChangeBatchSize:
		return "batch size " + c.value
	case ChangeResendDelay:
		return "resend delay " + c.value
	case ChangeTimeout:
		return "timeout " + c.value
	case ChangeRemoval:
		return "without " + c.value
	}
	return c.Setting
}

// cells returns what the table says of a candidate, without its label.
func (c *Candidate) cells() []string {
	o := &c.Outcome
	at := func(d *time.Duration) string {
		if d == nil {
			return "never"
		}
		return spell(*d)
	}
	falsely := &o.Healthy
	healthy := minutes(o.Healthy.Uncovered)
	if o.Healthy.Alertmanager == "" {
		falsely, healthy = &o.Any, "-"
	}
	return []string{
		text.Thousands(o.Missed), at(o.FirstDeliveryP99), at(o.FirstDeliveryMax), minutes(o.Any.Uncovered), healthy,
		text.Thousands(falsely.FalselyResolved), spell(falsely.LongestFalseResolve), spell(o.LateResolve), size(c.Memory),
	}
}

// legend explains the table.
func (p *Plan) legend() string {
	runs := fmt.Sprintf("each row is the worst of the same %s", text.Count(p.CurveSeeds, "run"))
	if p.CurveSeeds == 1 {
		runs = "each row is one run"
	}
	worst := "no Alertmanager is without a fault, so false resolves are those of all together"
	if name := p.advised.Outcome.Healthy.Alertmanager; name != "" {
		worst = fmt.Sprintf("the worst healthy one is the Alertmanager without a fault that knows least, as advised %s; "+
			"false resolves are there", name)
	}
	return fmt.Sprintf("→ advised; × another row is as good in every column and better in one; %s; %s", runs, worst)
}

// plotWidth is the width of the plot of the queue over time, in columns.
const plotWidth = 72

// plot draws the length over time of the longest queue of the worst run.
func (p *Plan) plot(width int) string {
	most := plotWidth
	if width > 0 {
		most = max(min(most, width-12), leastWidth)
	}
	columns := make([]float64, min(most, len(p.depth)))
	for i := range columns {
		from, to := i*len(p.depth)/len(columns), (i+1)*len(p.depth)/len(columns)
		for _, l := range p.depth[from:to] {
			columns[i] = max(columns[i], float64(l.Most))
		}
	}
	if len(columns) == 0 {
		columns = []float64{0}
	}
	title := fmt.Sprintf("queue of %s without a capacity, seed %d, 0s to %s",
		strings.Join(p.Peak.Alertmanagers, ", "), p.Peak.Seed, spell(p.timeOf(len(p.depth))))
	graph := asciigraph.Plot(columns, asciigraph.Height(8), asciigraph.LowerBound(0), asciigraph.Precision(0))
	var lines []string
	for line := range strings.Lines(graph) {
		lines = append(lines, strings.TrimRight(line, " \n"))
	}
	return title + "\n\n" + strings.Join(lines, "\n")
}
