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
	Dots                []dot
}

// A dot is a sample on a line; Text says what it is.
type dot struct {
	X, Y float64
	Text string
}

type tick struct {
	At   float64
	Text string
}

const chartWidth, chartHeight = 560.0, 220.0

// A scale maps values to positions from 0 to length: the values from 0 to highest linearly, or, with log, those from
// lowest to highest logarithmically.
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

// points returns the points of a line in the form of the attribute points of SVG.
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
	value func(*Sample, *Outcome) float64
}

// outcomeOf returns the outcome with a capacity of the curve.
func (p *Plan) outcomeOf(capacity int) *Outcome {
	for _, c := range p.Candidates {
		if (c.Change == ChangeCapacity || c.Change == ChangeNothing) && c.Capacity == capacity {
			return &c.Outcome
		}
	}
	return &Outcome{}
}

// curveChart draws lines over the capacities of the curve.
func (p *Plan) curveChart(title, unit string, format func(float64) string, lines ...curveLine) chart {
	first, last := p.Curve[0], p.Curve[len(p.Curve)-1]
	x := scale{lowest: float64(first.Capacity), highest: float64(last.Capacity), length: chartWidth, log: true}
	y := scale{length: chartHeight}
	var xs []float64
	values := make([][]float64, len(lines))
	for i := range p.Curve {
		s := &p.Curve[i]
		xs = append(xs, float64(s.Capacity))
		for l, line := range lines {
			v := line.value(s, p.outcomeOf(s.Capacity))
			values[l] = append(values[l], v)
			y.highest = max(y.highest, v)
		}
	}
	c := chart{
		Title: title, X: "capacity, in alerts", Y: unit,
		Mark: x.at(float64(p.Capacity)), MarkText: fmt.Sprint(p.Capacity),
	}
	for l, line := range lines {
		drawn := chartLine{Name: line.name, Class: fmt.Sprintf("line%d", l), Points: points(x, y, xs, values[l])}
		for i, v := range values[l] {
			text := fmt.Sprintf("capacity %d: %s, %s", p.Curve[i].Capacity, format(v), line.name)
			drawn.Dots = append(drawn.Dots, dot{round1(x.at(xs[i])), round1(chartHeight - y.at(v)), text})
		}
		c.Lines = append(c.Lines, drawn)
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

// round1 rounds to one digit after the point.
func round1(x float64) float64 { return math.Round(10*x) / 10 }

// unknownChart draws for how long alerts are unknown.
func (p *Plan) unknownChart() chart {
	lines := []curveLine{{"to all", func(_ *Sample, o *Outcome) float64 { return float64(o.Any.Uncovered) }}}
	if p.advised.Outcome.Healthy.Alertmanager != "" {
		lines = append(lines, curveLine{"to the worst healthy one", func(_ *Sample, o *Outcome) float64 {
			return float64(o.Healthy.Uncovered)
		}})
	}
	return p.curveChart("Alerts that fire and are unknown", "alert-minutes",
		func(ns float64) string { return minutes(int64(ns)) }, lines...)
}

// falseChart draws how many alerts resolve falsely.
func (p *Plan) falseChart() chart {
	return p.curveChart("Alerts that resolve falsely", "alerts", func(n float64) string { return fmt.Sprint(int64(n)) },
		curveLine{"alerts", func(_ *Sample, o *Outcome) float64 { return float64(o.resolvedFalsely()) }})
}

func (p *Plan) lossChart() chart {
	return p.curveChart("Copies that are lost", "share", percent,
		curveLine{"dropped by queues", func(s *Sample, _ *Outcome) float64 { return s.Overflow.Mean }},
		curveLine{"delivered nowhere", func(s *Sample, _ *Outcome) float64 { return s.Lost.Mean }})
}

func (p *Plan) delayChart() chart {
	format := func(ns float64) string { return spell(time.Duration(ns)) }
	return p.curveChart("Delay of 99 of 100 delivered copies", "at most", format,
		curveLine{"first answer", func(s *Sample, _ *Outcome) float64 { return float64(s.P99) }},
		curveLine{"slowest Alertmanager", func(s *Sample, _ *Outcome) float64 { return float64(s.Slowest) }})
}

// depthChart draws the length over time of the longest queue of the worst run.
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
		Lines: []chartLine{{Name: "waiting", Class: "line0", Points: points(x, y, xs, ys)}},
	}
	for i := range 5 {
		at := float64(len(p.depth)) * float64(i) / 4
		c.XTicks = append(c.XTicks, tick{x.at(at), spell(p.timeOf(int(at)))})
	}
	c.YTicks = ticks(y, func(v float64) string { return fmt.Sprint(int(v)) })
	return c
}
