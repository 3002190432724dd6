package gate

import (
	"fmt"
	"io"
	"strings"
)

// WriteMarkdown writes the report as a comment for a pull request: the verdict and the rows that every report shows;
// the other rows are folded.
func (r *Report) WriteMarkdown(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### Benchmark gate: %s\n\n", cell(r.headline()))
	fmt.Fprintf(&b, "old: %s  \nnew: %s\n", code(r.Old), code(r.New))
	for _, p := range r.Problems {
		fmt.Fprintf(&b, "\n```\n%s\n```\n", strings.ReplaceAll(p.Error(), "```", "'''"))
	}
	r.markdownTable(&b, r.sorted(false))
	if rest := r.rest(); rest != "" {
		fmt.Fprintf(&b, "\n<details><summary>%s</summary>\n", rest)
		all := r.sorted(true)
		r.markdownTable(&b, all[len(r.sorted(false)):])
		b.WriteString("\n</details>\n")
	}
	for _, n := range r.notes(false) {
		fmt.Fprintf(&b, "\n> %s\n", cell(n))
	}
	for _, a := range r.advice() {
		fmt.Fprintf(&b, "\n%s\n", cell(a))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *Report) markdownTable(b *strings.Builder, rows []*Row) {
	if len(rows) == 0 {
		return
	}
	b.WriteString("\n| | benchmark | unit | old | new | change |\n|---|---|---|--:|--:|---|\n")
	for _, row := range rows {
		old, new := row.values()
		mark := row.mark()
		if mark == strings.ToUpper(mark) {
			mark = "**" + mark + "**"
		}
		why := row.Why
		if e := row.evidence(); e != "" {
			why = strings.TrimSpace(why + " (" + e + ")")
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s |\n", mark, code(r.label(row)), cell(row.Unit), old, new, cell(why))
	}
}

// cell escapes s for a cell of a table: names of benchmarks may have any characters.
func cell(s string) string {
	return cellEscapes.Replace(s)
}

var cellEscapes = strings.NewReplacer(
	"|", `\|`, "\n", " ", "<", "&lt;", ">", "&gt;", "*", `\*`, "_", `\_`, "`", "'", "@", "@\u200b",
)

// code formats s as inline code.
func code(s string) string {
	return "`" + strings.NewReplacer("`", "'", "|", `\|`, "\n", " ").Replace(s) + "`"
}
