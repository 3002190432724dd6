package plan

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// A chart is lines over an axis, in a box of chartWidth by chartHeight.
type chart struct {
	Title, X, Y string
	Lines       []chartLine
	XTicks      []tick
	YTicks      []tick
	Mark        float64 // the position of a vertical line, below 0 for none
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

// A scale maps values to a length: those from 0 to highest linearly, or those from lowest to highest logarithmically.
type scale struct {
	lowest, highest, length float64
	log                     bool
}

func (s scale) at(x float64) float64 {
	switch {
	case s.log:
		return s.length * math.Log(max(x, s.lowest)/s.lowest) / max(math.Log(s.highest/s.lowest), 1e-9)
	case s.highest <= 0:
		return 0
	}
	return s.length * x / s.highest
}

// points returns the points of a line, as SVG has them.
func points(x, y scale, xs, ys []float64) string {
	var b strings.Builder
	for i := range xs {
		fmt.Fprintf(&b, "%.1f,%.1f ", x.at(xs[i]), chartHeight-y.at(ys[i]))
	}
	return strings.TrimSpace(b.String())
}

func ticks(y scale, format func(float64) string) []tick {
	var list []tick
	for i := range 5 {
		v := y.highest * float64(i) / 4
		list = append(list, tick{chartHeight - y.at(v), format(v)})
	}
	return list
}

// A curveLine is one line over the capacities of the curve.
type curveLine struct {
	name  string
	value func(Sample) float64
}

// curveChart draws lines over the capacities of the curve.
func (p *Plan) curveChart(title, unit string, format func(float64) string, lines ...curveLine) chart {
	first, last := p.Curve[0], p.Curve[len(p.Curve)-1]
	x := scale{lowest: float64(first.Capacity), highest: float64(last.Capacity), length: chartWidth, log: true}
	y := scale{length: chartHeight}
	var xs []float64
	for _, s := range p.Curve {
		xs = append(xs, float64(s.Capacity))
		for _, line := range lines {
			y.highest = max(y.highest, line.value(s))
		}
	}
	c := chart{
		Title: title, X: "capacity, in alerts", Y: unit,
		Mark: x.at(float64(p.Capacity)), MarkText: fmt.Sprint(p.Capacity),
	}
	for i, line := range lines {
		var ys []float64
		for _, s := range p.Curve {
			ys = append(ys, line.value(s))
		}
		c.Lines = append(c.Lines, chartLine{line.name, fmt.Sprintf("line%d", i), points(x, y, xs, ys)})
	}
	const tickDistance = 60
	previous := -100.0
	for _, v := range xs {
		if at := x.at(v); at-previous > tickDistance {
			c.XTicks = append(c.XTicks, tick{at, fmt.Sprint(v)})
			previous = at
		}
	}
	c.YTicks = ticks(y, format)
	return c
}

func (p *Plan) lossChart() chart {
	return p.curveChart("What is lost", "share", percent,
		curveLine{"dropped by queues", func(s Sample) float64 { return s.Overflow.Mean }},
		curveLine{"delivered nowhere", func(s Sample) float64 { return s.Lost.Mean }})
}

func (p *Plan) delayChart() chart {
	format := func(ns float64) string { return spell(time.Duration(ns)) }
	return p.curveChart("Delay (99th percentile)", "delay", format,
		curveLine{"first answer", func(s Sample) float64 { return float64(s.P99) }},
		curveLine{"slowest Alertmanager", func(s Sample) float64 { return float64(s.Slowest) }})
}

// depthChart draws the longest queue of the worst run over time.
func (p *Plan) depthChart() chart {
	x := scale{highest: float64(len(p.depth)), length: chartWidth}
	y := scale{length: chartHeight}
	var xs, ys []float64
	for i, l := range p.depth {
		xs, ys = append(xs, float64(i)), append(ys, float64(l.Most))
		y.highest = max(y.highest, float64(l.Most))
	}
	alertmanagers := strings.Join(p.Peak.Alertmanagers, ", ")
	c := chart{
		Title: fmt.Sprintf("The queue of %s, seed %d, without a capacity", alertmanagers, p.Peak.Seed),
		X:     "time", Y: "alerts", Mark: -1,
		Lines: []chartLine{{"waiting", "line0", points(x, y, xs, ys)}},
	}
	for i := range 5 {
		at := float64(len(p.depth)) * float64(i) / 4
		c.XTicks = append(c.XTicks, tick{x.at(at), spell(p.timeOf(int(at)))})
	}
	c.YTicks = ticks(y, func(v float64) string { return fmt.Sprint(int(v)) })
	return c
}
