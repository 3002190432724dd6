package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// differMark stands before what is not the same in every column.
const differMark = "≠"

func (c *comparison) title() string {
	title := fmt.Sprintf("%s  %s, engine %s", c.File, c.Test, c.columns[0].engine)
	if c.columns[0].test.Seeds.From != c.columns[0].test.Seeds.To || c.Seed != 1 {
		title += fmt.Sprintf(", seed %d", c.Seed)
	}
	return title
}

func (c *comparison) table() table.Writer {
	t := newTable()
	header := table.Row{"", ""}
	var right []table.ColumnConfig
	for i, col := range c.columns {
		header = append(header, col.label)
		right = append(right, table.ColumnConfig{Number: i + 3, Align: text.AlignRight, AlignHeader: text.AlignRight})
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

func writeComparison(w io.Writer, c *comparison) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s\n", c.title(), c.table().Render())
	for _, p := range c.partings() {
		fmt.Fprintf(&b, "\n%s\n%s", p.title(), p.lines("  "))
	}
	if !c.differs() {
		b.WriteString("\nall the same, event by event\n")
	}
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}

// lines are the events, each with the release that it is of.
func (p *parting) lines(indent string) string {
	width := max(len("both"), len(p.From), len(p.Of))
	var b strings.Builder
	tell := func(whose string, lines []string) {
		if len(lines) == 0 {
			lines = []string{"(nothing more)"}
		}
		for _, line := range lines {
			fmt.Fprintf(&b, "%s%-*s  %s\n", indent, width, whose, line)
		}
	}
	if len(p.Before) > 0 {
		tell("both", p.Before)
	}
	tell(p.From, p.First)
	tell(p.Of, p.Other)
	return b.String()
}

func writeComparisonMarkdown(w io.Writer, c *comparison) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### %s\n\n%s\n", c.title(), c.table().RenderMarkdown())
	for _, p := range c.partings() {
		fmt.Fprintf(&b, "\n%s:\n\n```\n%s```\n", p.title(), p.lines(""))
	}
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}
