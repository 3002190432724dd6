package plan

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"strings"
)

//go:embed plan.html.tmpl
var pageText string

var page = template.Must(template.New("plan").Funcs(template.FuncMap{
	"spell": spell, "size": size, "share": share, "join": strings.Join,
	"lossChart": (*Plan).lossChart, "delayChart": (*Plan).delayChart, "courseChart": (*Plan).courseChart,
}).Parse(pageText))

// WriteHTML writes an answer as one page that asks for nothing else: no script, no font, no request.
func (a *Answer) WriteHTML(w io.Writer) error { return page.Execute(w, pageData{a}) }

// pageData is what the page's template asks for.
type pageData struct{ *Answer }

// Summary is the text summary of a plan.
func (d pageData) Summary(p *Plan) [][2]string {
	var b strings.Builder
	d.summary(&b, p)
	var rows [][2]string
	for line := range strings.Lines(b.String()) {
		if line = strings.TrimRight(line, "\n"); !strings.HasPrefix(line, "  ") {
			continue
		}
		word, text := strings.TrimSpace(line[:min(11, len(line))]), strings.TrimSpace(line[min(11, len(line)):])
		if word == "" {
			rows[len(rows)-1][1] += " " + text
			continue
		}
		if word != "set" { // stands above
			rows = append(rows, [2]string{word, text})
		}
	}
	return rows
}

// A chart is lines over an axis, in a box of chartWidth by chartHeight.
type chart struct {
	Title, X, Y string
	Lines       []chartLine
	XTicks      []tick
	YTicks      []tick
	Mark        float64 // where a vertical line stands, below 0 for none
	MarkText    string
}

type chartLine struct {
	Name, Class, Points string
}

type tick struct {
	At   float64
	Text string
}

const chartWidth, chartHeight = 560.0, 220.0

// scale maps values from 0 to most, or for log from least to most, to a length.
type scale struct {
	least, most, length float64
	log                 bool
}

func (s scale) at(x float64) float64 {
	switch {
	case s.log:
		return s.length * math.Log(max(x, s.least)/s.least) / max(math.Log(s.most/s.least), 1e-9)
	case s.most <= 0:
		return 0
	}
	return s.length * x / s.most
}

// points writes a line.
func points(x, y scale, xs, ys []float64) string {
	var b strings.Builder
	for i := range xs {
		fmt.Fprintf(&b, "%.1f,%.1f ", x.at(xs[i]), chartHeight-y.at(ys[i]))
	}
	return strings.TrimSpace(b.String())
}

// over draws lines over the capacities of the curve.
func (p *Plan) over(title, unit string, format func(float64) string, names []string, value func(s Sample, line int) float64) chart {
	x := scale{least: float64(p.Curve[0].Capacity), most: float64(p.Curve[len(p.Curve)-1].Capacity), length: chartWidth, log: true}
	y := scale{length: chartHeight}
	var xs []float64
	for _, s := range p.Curve {
		xs = append(xs, float64(s.Capacity))
		for i := range names {
			y.most = max(y.most, value(s, i))
		}
	}
	c := chart{Title: title, X: "capacity, in alerts", Y: unit, Mark: x.at(float64(p.Capacity)), MarkText: fmt.Sprint(p.Capacity)}
	for i, name := range names {
		var ys []float64
		for _, s := range p.Curve {
			ys = append(ys, value(s, i))
		}
		c.Lines = append(c.Lines, chartLine{name, fmt.Sprintf("line%d", i), points(x, y, xs, ys)})
	}
	last := -100.0
	for _, v := range xs {
		if at := x.at(v); at-last > 60 {
			c.XTicks = append(c.XTicks, tick{at, fmt.Sprint(v)})
			last = at
		}
	}
	c.YTicks = ticks(y, format)
	return c
}

func ticks(y scale, format func(float64) string) []tick {
	var list []tick
	for i := range 5 {
		v := y.most * float64(i) / 4
		list = append(list, tick{chartHeight - y.at(v), format(v)})
	}
	return list
}

func (p *Plan) lossChart() chart {
	return p.over("What is lost", "share", share, []string{"dropped by queues", "lost to everybody"}, func(s Sample, line int) float64 {
		return []float64{s.Overflow.Mean, s.Lost.Mean}[line]
	})
}

func (p *Plan) delayChart() chart {
	format := func(ns float64) string { return spell(timeSteps(int(ns))) }
	return p.over("How late (99th percentile)", "delay", format, []string{"first answer", "slowest Alertmanager"}, func(s Sample, line int) float64 {
		return []float64{float64(s.P99), float64(s.Slowest)}[line]
	})
}

// courseChart is the queue of the worst run over time.
func (p *Plan) courseChart() chart {
	x := scale{most: float64(len(p.course)), length: chartWidth}
	y := scale{length: chartHeight}
	var xs, ys []float64
	for i, l := range p.course {
		xs, ys = append(xs, float64(i)), append(ys, float64(l.Most))
		y.most = max(y.most, float64(l.Most))
	}
	c := chart{Title: fmt.Sprintf("The queue of %s, seed %d, without a capacity", strings.Join(p.Peak.Alertmanagers, ", "), p.Peak.Seed), X: "time", Y: "alerts", Mark: -1}
	c.Lines = []chartLine{{"waiting", "line0", points(x, y, xs, ys)}}
	for i := range 5 {
		at := float64(len(p.course)) * float64(i) / 4
		c.XTicks = append(c.XTicks, tick{x.at(at), spell(p.step * timeSteps(int(at)))})
	}
	c.YTicks = ticks(y, func(v float64) string { return fmt.Sprint(int(v)) })
	return c
}

// A heatCell is a field of the heat map; Shade is its part of the darkest, in percent.
type heatCell struct {
	Text  string
	Shade int
}

// HeatRows are the fields of the heat map, each row with its label.
func (d pageData) HeatRows() (rows []struct {
	Label string
	Cells []heatCell
}) {
	h := d.Heat
	most := max(h.most(), 1e-9)
	for i, values := range h.Cells {
		row := struct {
			Label string
			Cells []heatCell
		}{Label: h.Rows.label(i)}
		for _, v := range values {
			row.Cells = append(row.Cells, heatCell{h.text(v), int(100 * max(v, 0) / most)})
		}
		rows = append(rows, row)
	}
	return rows
}

// HeatCols are the labels of the heat map's columns.
func (d pageData) HeatCols() []string {
	var list []string
	for i := range d.Heat.Cols.Values {
		list = append(list, d.Heat.Cols.label(i))
	}
	return list
}

// Swings are the bars of the sensitivity, in percent of the largest need.
func (d pageData) Swings() (bars []struct {
	Shift
	From, To, Base int
}) {
	most := 1
	for _, s := range d.Sensitivity {
		most = max(most, s.Half, s.Base, s.Twice)
	}
	for _, s := range d.Sensitivity {
		at := func(n int) int { return 400 * n / most }
		from, to := at(min(s.Half, s.Base, s.Twice)), at(max(s.Half, s.Base, s.Twice))
		bars = append(bars, struct {
			Shift
			From, To, Base int
		}{s, from, max(to-from, 2), at(s.Base)})
	}
	return bars
}
