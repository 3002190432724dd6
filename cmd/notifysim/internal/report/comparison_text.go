package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"github.com/notifysim/notifysim/sim/compare"
	"github.com/notifysim/notifysim/sim/ledger"
)

// differMark marks a row whose values differ between columns.
const differMark = "≠"

// WriteText writes a comparison as a table, followed by the first differences.
func (c *Comparison) WriteText(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s\n", c.title(), c.table().Render())
	for _, d := range c.divergences() {
		fmt.Fprintf(&b, "\n%s\n%s", d.title(), d.lines("  "))
	}
	if !c.Differs() {
		b.WriteString("\nno differences, event by event\n")
	}
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteMarkdown writes what WriteText writes as Markdown.
func (c *Comparison) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n%s\n", c.title(), c.table().RenderMarkdown())
	for _, d := range c.divergences() {
		fmt.Fprintf(&b, "\n%s:\n\n```\n%s```\n", d.title(), d.lines(""))
	}
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}

// WriteJSON writes a comparison as one JSON object on a line.
func (c *Comparison) WriteJSON(w io.Writer) error {
	type run struct {
		Release  string          `json:"release"`
		Engine   string          `json:"engine"`
		Notifier string          `json:"notifier,omitempty"`
		Pass     bool            `json:"pass"`
		Known    []failureRecord `json:"known"`
		Ledger   ledger.Ledger   `json:"ledger"`
	}
	doc := struct {
		File        string       `json:"file"`
		Test        string       `json:"test"`
		Seed        uint64       `json:"seed"`
		Runs        []run        `json:"runs"`
		Figures     []figure     `json:"figures"`
		Divergences []divergence `json:"partings"`
	}{c.File, c.Test, c.Seed, nil, c.figures(), append([]divergence{}, c.divergences()...)}
	for _, col := range c.Columns {
		res := col.Result
		doc.Runs = append(doc.Runs, run{
			col.Release.Name, string(col.Engine), col.Notifier, res.Pass, failureRecords(res.Known), res.Ledger,
		})
	}
	return newEncoder(w).Encode(doc)
}

func (c *Comparison) title() string {
	first := c.Columns[0]
	title := fmt.Sprintf("%s  %s, engine %s", c.File, c.Test, first.Engine)
	if first.hasSeeds() {
		title += fmt.Sprintf(", seed %d", c.Seed)
	}
	return title
}

func (c *Comparison) table() table.Writer {
	t := NewTable()
	header := table.Row{"", ""}
	var right []table.ColumnConfig
	for i, col := range c.Columns {
		header = append(header, col.label())
		right = append(right, rightAligned(i+3))
	}
	t.AppendHeader(header)
	t.SetColumnConfigs(right)
	for _, f := range c.figures() {
		row := table.Row{"", f.Name}
		if f.Differ {
			row[0] = differMark
		}
		for _, v := range f.Values {
			row = append(row, v)
		}
		t.AppendRow(row)
	}
	return t
}

// lines returns the events around a divergence, each with the label of the column that has it, or "both".
func (d *divergence) lines(indent string) string {
	width := max(len("both"), len(d.From), len(d.Of))
	var b strings.Builder
	add := func(whose string, events []string) {
		if len(events) == 0 {
			events = []string{"(nothing more)"}
		}
		for _, e := range events {
			fmt.Fprintf(&b, "%s%-*s  %s\n", indent, width, whose, e)
		}
	}
	if len(d.Before) > 0 {
		add("both", d.Before)
	}
	add(d.From, d.First)
	add(d.Of, d.Other)
	return b.String()
}

// CheckoutDiffers writes a note if the notifier of a checkout differs from the model of its release in a run; a nil
// difference writes nothing. This is a note and not a failure, because the checkout may change the behaviour on
// purpose.
func CheckoutDiffers(w io.Writer, r Run, d *compare.Difference) {
	if d != nil {
		fmt.Fprintf(w, "note: %s: %q: the notifier in %s (below: engine) differs from %s (model): %v",
			r.File.Path, r.Test.Name, r.Notifier, r.Release.Name, d)
	}
}
