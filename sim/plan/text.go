package plan

import (
	"fmt"
	"io"
	"strings"

	"github.com/guptarohit/asciigraph"
	"github.com/jedib0t/go-pretty/v6/table"
	prettytext "github.com/jedib0t/go-pretty/v6/text"

	"github.com/notifysim/notifysim/internal/text"
)

// WriteText writes an answer for people: a summary, the capacities side by side, the queue over time, and the
// assumptions.
func (a *Answer) WriteText(w io.Writer) error {
	var b strings.Builder
	if a.Partial {
		b.WriteString("PARTIAL: some runs are missing; this is the answer of the others\n\n")
	}
	for i, p := range a.Plans {
		if i > 0 {
			b.WriteString("\n")
		}
		a.writeSummary(&b, p)
	}
	for _, p := range a.Plans {
		fmt.Fprintf(&b, "\n%s\n", p.curveTable())
		fmt.Fprintf(&b, "\n%s\n", p.plot())
	}
	writeSensitivity(&b, a.Sensitivity)
	writeHeatmap(&b, a.Heatmap)
	a.writeAssumptions(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

// curveTable shows the samples of the curve, one capacity a row.
func (p *Plan) curveTable() string {
	t := newTable()
	head := table.Row{
		"capacity", "queues drop", "delivered nowhere", "runs without drops", "delay p99", "slowest Alertmanager p99",
		"memory",
	}
	t.AppendHeader(head)
	var right []table.ColumnConfig
	for i := range head {
		right = append(right, table.ColumnConfig{Number: i + 1, Align: prettytext.AlignRight,
			AlignHeader: prettytext.AlignRight})
	}
	t.SetColumnConfigs(right)
	for _, s := range p.Curve {
		capacity := fmt.Sprint(s.Capacity)
		if s.Capacity == p.Capacity {
			capacity = "→ " + capacity
		}
		t.AppendRow(table.Row{
			capacity, s.Overflow.Text(p.CurveSeeds), s.Lost.Text(p.CurveSeeds), fmt.Sprintf("%d of %d", s.Clean, p.CurveSeeds),
			spell(s.P99), spell(s.Slowest), size(s.Memory),
		})
	}
	return fmt.Sprintf("%s, batches of %d: capacities on the same %s\n\n%s",
		p.Release, p.BatchSize, text.Count(p.CurveSeeds, "run"), indentTable(t))
}

// Text writes the estimate, with its interval if there are several runs.
func (e Estimate) Text(runs int) string {
	if runs < 2 || e.Low == e.High {
		return percent(e.Mean)
	}
	return fmt.Sprintf("%s (%s–%s)", percent(e.Mean), percent(e.Low), percent(e.High))
}

// plotWidth is the width of the plot of the queue over time, in columns.
const plotWidth = 72

// plot draws the longest queue of the worst run over time.
func (p *Plan) plot() string {
	columns := make([]float64, min(plotWidth, len(p.depth)))
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
