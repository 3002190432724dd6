package gate

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// WriteText writes the report for people: the verdict, a table with the worst rows first, and then the reasons that are
// too long for the table. If all is true, the table also has the rows that did not change.
func (r *Report) WriteText(w io.Writer, all bool) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\nold: %s\nnew: %s\n", r.headline(), r.Old, r.New)
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "\n%v\n", p)
	}
	shown := r.sorted(all)
	if len(shown) > 0 {
		b.WriteString("\n" + trimLines(r.table(shown)) + "\n")
	}
	for _, row := range shown {
		if _, cut := row.brief(); cut {
			fmt.Fprintf(&b, "%s %v: %s\n", row.Status, row, row.Why)
		}
	}
	if rest := r.rest(); rest != "" && !all {
		b.WriteString("\n" + rest + "\n")
	}
	if len(r.notes(all))+len(r.advice()) > 0 {
		b.WriteString("\n")
	}
	for _, n := range r.notes(all) {
		fmt.Fprintf(&b, "note: %s\n", n)
	}
	for _, a := range r.advice() {
		fmt.Fprintf(&b, "next: %s\n", a)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Report) table(shown []*Row) string {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Options = table.Options{SeparateHeader: true}
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(table.Row{"", "benchmark", "unit", "old", "new", "change"})
	t.SetColumnConfigs([]table.ColumnConfig{
		{Name: "old", Align: text.AlignRight, AlignHeader: text.AlignRight},
		{Name: "new", Align: text.AlignRight, AlignHeader: text.AlignRight},
	})
	for _, row := range shown {
		old, new := row.values()
		brief, _ := row.brief()
		t.AppendRow(table.Row{row.mark(), r.label(row), row.Unit, old, new, brief})
	}
	return t.Render()
}

// mark returns the status of the row, in capitals if it prevents a pass.
func (r *Row) mark() string {
	if r.Status.fails() || r.Status == Undecided || r.Status == Inconclusive {
		return strings.ToUpper(string(r.Status))
	}
	return string(r.Status)
}

func trimLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}
