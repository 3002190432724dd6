package plan

import (
	"fmt"
	"strings"
	"time"

	"github.com/notifysim/notifysim/internal/text"
)

// A chart is the data of one chart of the page. The kinds of axes are listed in axis.js of package page.
type chart struct {
	Title string `json:"title"`
	X     string `json:"x"` // the title of the x axis
	Y     string `json:"y"` // the title of the y axis, with its unit
	Kind  string `json:"kind"`
	// Stops are the values on the x axis of what Values has: capacities in alerts, or times in seconds. Step is how long
	// each value holds, 0 if the values are single samples.
	Stops []float64   `json:"stops"`
	Step  float64     `json:"step"`
	Lines []chartLine `json:"lines"`
	Marks []chartMark `json:"marks"`
}

// A chartLine has a value for each stop, and the values as text.
type chartLine struct {
	Name   string    `json:"name"`
	Values []float64 `json:"values"`
	Texts  []string  `json:"texts"`
}

// A chartMark is a vertical line with a text.
type chartMark struct {
	At   float64 `json:"at"`
	Text string  `json:"text"`
}

// charts returns the charts of a plan.
func (p *Plan) charts() []chart {
	return []chart{p.unknownChart(), p.falseChart(), p.lossChart(), p.delayChart(), p.depthChart()}
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

// curveChart draws lines over the capacities of the curve. A value is divided by unit on the y axis, and written by
// format as text.
func (p *Plan) curveChart(title, y, kind string, unit float64, format func(float64) string, lines ...curveLine) chart {
	c := chart{Title: title, X: "capacity, in alerts", Y: y, Kind: kind}
	for i := range p.Curve {
		c.Stops = append(c.Stops, float64(p.Curve[i].Capacity))
	}
	for _, line := range lines {
		drawn := chartLine{Name: line.name}
		for i := range p.Curve {
			v := line.value(&p.Curve[i], p.outcomeOf(p.Curve[i].Capacity))
			drawn.Values, drawn.Texts = append(drawn.Values, v/unit), append(drawn.Texts, format(v))
		}
		c.Lines = append(c.Lines, drawn)
	}
	c.Marks = []chartMark{{float64(p.Current), "now"}}
	if p.Capacity != p.Current {
		c.Marks = append(c.Marks, chartMark{float64(p.Capacity), "advised"})
	}
	return c
}

// unknownChart draws for how long alerts are unknown.
func (p *Plan) unknownChart() chart {
	lines := []curveLine{{"to all", func(_ *Sample, o *Outcome) float64 { return float64(o.Any.Uncovered) }}}
	if p.advised.Outcome.Healthy.Alertmanager != "" {
		lines = append(lines, curveLine{"to the worst healthy one", func(_ *Sample, o *Outcome) float64 {
			return float64(o.Healthy.Uncovered)
		}})
	}
	return p.curveChart("Alerts that fire and are unknown", "alert-minutes", "number", float64(time.Minute),
		func(ns float64) string { return minutes(int64(ns)) }, lines...)
}

// falseChart draws how many alerts resolve falsely.
func (p *Plan) falseChart() chart {
	return p.curveChart("Alerts that resolve falsely", "alerts", "count", 1,
		func(n float64) string { return text.Thousands(int64(n)) },
		curveLine{"alerts", func(_ *Sample, o *Outcome) float64 { return float64(o.resolvedFalsely()) }})
}

func (p *Plan) lossChart() chart {
	return p.curveChart("Copies that are lost", "share of the copies", "share", 1, percent,
		curveLine{"dropped by queues", func(s *Sample, _ *Outcome) float64 { return s.Overflow.Mean }},
		curveLine{"delivered nowhere", func(s *Sample, _ *Outcome) float64 { return s.Lost.Mean }})
}

func (p *Plan) delayChart() chart {
	format := func(ns float64) string { return spell(time.Duration(ns)) }
	return p.curveChart("Delay of 99 of 100 delivered copies", "delay, at most", "time", float64(time.Second), format,
		curveLine{"first answer", func(s *Sample, _ *Outcome) float64 { return float64(s.P99) }},
		curveLine{"slowest Alertmanager", func(s *Sample, _ *Outcome) float64 { return float64(s.Slowest) }})
}

// depthChart draws the length over time of the longest queue of the worst run.
func (p *Plan) depthChart() chart {
	waiting := chartLine{Name: "waiting"}
	c := chart{
		Title: fmt.Sprintf("The queue of %s, seed %d, without a capacity", strings.Join(p.Peak.Alertmanagers, ", "),
			p.Peak.Seed),
		X: "time since the start of the run", Y: "alerts", Kind: "count", Step: p.timeOf(1).Seconds(),
		Marks: []chartMark{},
	}
	for i, l := range p.depth {
		c.Stops = append(c.Stops, p.timeOf(i).Seconds())
		waiting.Values, waiting.Texts = append(waiting.Values, float64(l.Most)), append(waiting.Texts, text.Thousands(l.Most))
	}
	c.Lines = []chartLine{waiting}
	return c
}
