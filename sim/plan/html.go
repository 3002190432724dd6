package plan

import (
	_ "embed"
	"html/template"
	"io"
	"strings"

	"github.com/notifysim/notifysim/internal/page"
)

var (
	//go:embed plan.html.tmpl
	pageBody string
	//go:embed plan.css
	pageStyle string
	//go:embed plan.js
	pageScript string
)

var pageTemplate = template.Must(template.New("plan").Funcs(template.FuncMap{
	"code":   code,
	"legend": (*Plan).legend, "size": size,
}).Parse(pageBody))

// WriteHTML writes an answer as one HTML page that loads no other resource.
func (a *Answer) WriteHTML(w io.Writer) error {
	var body strings.Builder
	if err := pageTemplate.Execute(&body, pageData{a}); err != nil {
		return err
	}
	var charts [][]chart // by plan
	for _, p := range a.Plans {
		charts = append(charts, p.charts())
	}
	return (&page.Page{
		Title: a.Test + ": which settings of the queue?", Style: pageStyle, Script: pageScript, Body: body.String(),
		Data: charts,
	}).Write(w)
}

// code returns a text as HTML, with the parts in backticks as code elements.
func code(text string) template.HTML {
	var b strings.Builder
	for i, part := range strings.Split(text, "`") {
		part = template.HTMLEscapeString(part)
		if i%2 == 1 {
			part = "<code>" + part + "</code>"
		}
		b.WriteString(part)
	}
	return template.HTML(b.String())
}

// pageData is the data of the page's template. Its methods are what the template calls.
type pageData struct{ *Answer }

// A pageFact is a fact with fields that a template can read.
type pageFact struct{ Word, Text string }

// Facts returns the facts beside the advice.
func (d pageData) Facts(p *Plan) []pageFact {
	var list []pageFact
	for _, f := range d.facts(p) {
		list = append(list, pageFact{f.word, f.text})
	}
	return list
}

// TableHead returns the head of the table of candidates.
func (d pageData) TableHead() []string { return tableHead }

// A candidateRow is a row of the table of candidates.
type candidateRow struct {
	Label, Class string
	Cells        []string
}

// Rows returns the rows of the table of candidates.
func (d pageData) Rows(p *Plan) []candidateRow {
	var rows []candidateRow
	for _, c := range p.Candidates {
		row := candidateRow{Label: c.mark() + " " + c.label(p), Cells: c.cells()}
		switch {
		case c.Advised:
			row.Class = "chosen"
		case c.Beaten:
			row.Class = "beaten"
		}
		rows = append(rows, row)
	}
	return rows
}

// A heatCell is a cell of the heat map. Shade is its value in percent of the highest value of the map; the script
// colours the cell by it.
type heatCell struct {
	Text  string
	Shade int
}

type heatRow struct {
	Label string
	Cells []heatCell
}

// HeatRows returns the rows of the heat map.
func (d pageData) HeatRows() []heatRow {
	h := d.Heatmap
	most := max(h.highest(), 1e-9)
	var rows []heatRow
	for i, values := range h.Cells {
		row := heatRow{Label: h.Rows.label(i)}
		for _, v := range values {
			row.Cells = append(row.Cells, heatCell{h.text(v), int(100 * max(v, 0) / most)})
		}
		rows = append(rows, row)
	}
	return rows
}

// HeatCols returns the labels of the heat map's columns.
func (d pageData) HeatCols() []string {
	var list []string
	for i := range d.Heatmap.Cols.Values {
		list = append(list, d.Heatmap.Cols.label(i))
	}
	return list
}

// A swingBar is a bar of the sensitivity chart: from the lowest to the highest capacity, and a mark at the capacity of
// the unchanged scenario. Positions are in pixels, from 0 to swingWidth.
type swingBar struct {
	Shift
	From, Width, Mark int
}

const swingWidth = 400

// Swings returns the bars of the sensitivity chart.
func (d pageData) Swings() []swingBar {
	most := 1
	for _, s := range d.Sensitivity {
		most = max(most, s.highest())
	}
	var bars []swingBar
	for _, s := range d.Sensitivity {
		at := func(n int) int { return swingWidth * n / most }
		from := at(s.lowest())
		bars = append(bars, swingBar{s, from, max(at(s.highest())-from, 2), at(s.Base)})
	}
	return bars
}
