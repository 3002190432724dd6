package plan

import (
	_ "embed"
	"html/template"
	"io"
	"strings"
)

//go:embed plan.html.tmpl
var pageText string

var page = template.Must(template.New("plan").Funcs(template.FuncMap{
	"spell": spell, "size": size, "percent": percent, "join": strings.Join,
	"lossChart": (*Plan).lossChart, "delayChart": (*Plan).delayChart, "depthChart": (*Plan).depthChart,
}).Parse(pageText))

// WriteHTML writes an answer as one page that loads nothing: it has no script, no font and no link.
func (a *Answer) WriteHTML(w io.Writer) error { return page.Execute(w, pageData{a}) }

// pageData is the data of the page's template.
type pageData struct{ *Answer }

// Summary returns the lines of the summary of a plan without the flag to set, which the page shows above them.
func (d pageData) Summary(p *Plan) [][2]string {
	var rows [][2]string
	for _, l := range d.summary(p)[1:] {
		if l.word == "" {
			rows[len(rows)-1][1] += " " + l.text
			continue
		}
		rows = append(rows, [2]string{l.word, l.text})
	}
	return rows
}

// A heatCell is a cell of the heat map; Shade is its value in percent of the highest.
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

// A swingBar is a bar of the sensitivity, in pixels of swingWidth.
type swingBar struct {
	Shift
	From, Width, Mark int
}

const swingWidth = 400

// Swings returns the bars of the sensitivity.
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
