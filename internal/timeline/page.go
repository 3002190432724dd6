package timeline

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/summary"
)

// The limits of a page.
const (
	maxPoints     = 1_000  // points of a curve
	maxPageEvents = 20_000 // events in the histories of alerts
	maxPageAlerts = 10_000 // alerts that can be searched for
	maxLanes      = 24     // lanes; there is one for each actor

	maxPageFailures = 20
)

// A Page is the data shown on the HTML page. Times are in seconds since the start of the run.
type Page struct {
	Title   string `json:"title"`
	File    string `json:"file"`
	Release string `json:"release"`
	Engine  string `json:"engine"`
	Seed    uint64 `json:"seed"`
	Pass    bool   `json:"pass"`
	Summary string `json:"summary"`
	// Failures are the expectations that did not hold: at most maxPageFailures.
	Failures []Failure `json:"failures"`
	Notes    []string  `json:"notes"` // about what is left out
	End      float64   `json:"end"`
	// Points is how many points each curve has, and Step the time that a point covers.
	Points int     `json:"points"`
	Step   float64 `json:"step"`
	// Capacity is the most alerts that a queue holds.
	Capacity int `json:"capacity"`

	Reasons []string `json:"reasons"`
	Lanes   []*Lane  `json:"lanes"`
	// Any is about what no Alertmanager knows. It is null if there is only one.
	Any *Lane `json:"any"`
	// Alerts are the names of the alerts, indexed by their numbers.
	Alerts []string `json:"alerts"`
	Events []Event  `json:"events"`
	// Uncovered is when single alerts were uncovered, for their histories.
	Uncovered []Uncovered `json:"uncovered"`
}

// A Failure is an expectation that did not hold. Message begins with its position. Lane is the index of the actor that
// it is about, or -1 for all. To is -1 if it is about no time, and equals From if it is about an instant.
type Failure struct {
	Message string  `json:"message"`
	Lane    int     `json:"lane"`
	From    float64 `json:"from"`
	To      float64 `json:"to"`
}

// A Lane is the data about one actor.
type Lane struct {
	Name string `json:"name"`
	// Queued and InFlight are the largest number of alerts in each step. Queued is null if the engine does not report
	// it.
	Queued   []int `json:"queued"`
	InFlight []int `json:"in_flight"`
	// Dropped are the numbers of alerts dropped in each step, by reason. It includes the alerts of failed requests.
	Dropped map[string][]int `json:"dropped"`
	// Delay is the longest delay of the alerts delivered in each step, from Send to the response, in seconds. It is -1
	// if none was delivered.
	Delay []float64 `json:"delay"`
	// Unknown are the largest numbers of alerts in each step that fire and that the Alertmanager has not known yet,
	// FalselyResolved of those that it resolved while they fire. Both are null for what is no Alertmanager.
	Unknown         []int  `json:"unknown"`
	FalselyResolved []int  `json:"falsely_resolved"`
	Faults          []Span `json:"faults"`
}

// A Span is the time during which a fault is active.
type Span struct {
	From float64 `json:"from"`
	To   float64 `json:"to"`
	What string  `json:"what"`
}

// An Event is an event of the run. Lane is the index of the actor, or -1 for the sender. Replica counts from 1 if there
// are several. Alerts are pairs of numbers: the first alert of a range and the length of the range.
type Event struct {
	At      float64 `json:"t"`
	Kind    string  `json:"k"`
	Lane    int     `json:"l"`
	Replica int     `json:"r,omitempty"`
	N       int     `json:"n,omitempty"`
	Word    string  `json:"w,omitempty"`
	Alerts  []int   `json:"a,omitempty"`
}

// Page returns the data for the HTML page.
func (t *Timeline) Page() *Page {
	p := &Page{
		Title: t.test.Name, File: t.file.Path, Release: t.release.Name, Engine: t.result.Engine, Seed: t.result.Seed,
		Pass: t.result.Pass, Summary: summary.Of(t.file, t.test, t.release, t.result),
		Failures: []Failure{}, Notes: []string{},
		End: t.end.Seconds(), Capacity: t.file.Flags.QueueCapacity,
		Lanes: []*Lane{}, Alerts: t.result.Alerts, Events: []Event{}, Uncovered: []Uncovered{},
	}
	for _, r := range core.Reasons() {
		p.Reasons = append(p.Reasons, r.String())
	}
	note := func(format string, args ...any) { p.Notes = append(p.Notes, fmt.Sprintf(format, args...)) }
	if n := len(p.Alerts) - maxPageAlerts; n > 0 {
		p.Alerts = p.Alerts[:maxPageAlerts]
		note("The list shows the first %s of %s alerts.", text.Thousands(maxPageAlerts), text.Thousands(n+maxPageAlerts))
	}
	if n := len(t.events) - maxPageEvents; n > 0 {
		note("The histories of alerts show the first %s of %s events; the curves include all events.",
			text.Thousands(maxPageEvents), text.Thousands(n+maxPageEvents))
	}
	if t.omitted > 0 {
		note("The last %s events of the run are left out, because the limit is %s events.",
			text.Thousands(t.omitted), text.Thousands(MaxEvents))
	}
	if n := len(t.actors) - maxLanes; n > 0 {
		note("Only %s of %s actors are shown.", text.Thousands(maxLanes), text.Thousands(len(t.actors)))
	}
	if !t.queues {
		note("Queue lengths are not shown, because the engine %s does not report them.", t.result.Engine)
	}
	step := t.curves(p)
	p.Step = step.Seconds()
	t.addFaults(p)
	t.addEvents(p)
	t.addUncovered(p, step)
	t.addFailures(p)
	if n := len(t.result.Failures) - maxPageFailures; n > 0 {
		note("%s more expectations did not hold.", text.Thousands(n))
	}
	return p
}

// curves fills in the curves of the lanes and returns the time that a point covers.
func (t *Timeline) curves(p *Page) time.Duration {
	points := int(min(maxPoints, max(1, int64(t.end)+1)))
	step := max(time.Nanosecond, (t.end+time.Duration(points))/time.Duration(points))
	p.Points = points
	lanes := map[string]*Lane{}
	for _, name := range t.actors[:min(len(t.actors), maxLanes)] {
		l := &Lane{
			Name: name, InFlight: make([]int, points), Dropped: map[string][]int{},
			Delay: make([]float64, points), Faults: []Span{},
		}
		if t.queues {
			l.Queued = make([]int, points)
		}
		for i := range l.Delay {
			l.Delay[i] = -1
		}
		lanes[name] = l
		p.Lanes = append(p.Lanes, l)
	}
	now := t.levels()
	next := 0 // index of the first point without a value
	fill := func(to int) {
		for ; next <= min(to, points-1); next++ {
			for name, l := range lanes {
				l.InFlight[next] = now.of[name].inFlight
				if t.queues {
					l.Queued[next] = now.of[name].queued
				}
			}
		}
	}
	for i := range t.events {
		m := &t.events[i]
		point := min(points-1, int(m.at/step))
		fill(point)
		now.apply(m)
		// Of one instant the levels after its last event count: a send enters the queue before what does not fit leaves it.
		if i+1 == len(t.events) || t.events[i+1].at != m.at {
			for name, l := range lanes {
				l.InFlight[point] = max(l.InFlight[point], now.of[name].inFlight)
				if t.queues {
					l.Queued[point] = max(l.Queued[point], now.of[name].queued)
				}
			}
		}
		if l := lanes[m.actor]; l != nil {
			l.count(m, point, points)
		}
	}
	fill(points - 1)
	return step
}

// count adds the alerts that an event drops or delivers to the curves.
func (l *Lane) count(m *event, point, points int) {
	why := ""
	switch {
	case m.kind == trace.KindDrop:
		why = m.word
	case m.kind == trace.KindAnswer && m.word == "200":
		l.Delay[point] = max(l.Delay[point], m.delay.Seconds())
	case m.kind == trace.KindAnswer && m.word == "cut":
		why = core.ShutDown.String()
	case m.kind == trace.KindAnswer:
		why = core.SendFailed.String()
	}
	if why == "" || m.n == 0 {
		return
	}
	if l.Dropped[why] == nil {
		l.Dropped[why] = make([]int, points)
	}
	l.Dropped[why][point] += m.n
}

// addFaults adds the faults to the lanes of the Alertmanagers.
func (t *Timeline) addFaults(p *Page) {
	lanes := map[string]*Lane{}
	for _, l := range p.Lanes {
		lanes[l.Name] = l
	}
	for _, am := range t.test.Alertmanagers {
		if l := lanes[am.Address]; l != nil && len(am.Behaviour.Fault.Kinds()) > 0 {
			l.Faults = append(l.Faults, Span{0, p.End, am.Behaviour.Fault.String()})
		}
	}
	for _, m := range t.events {
		l := lanes[m.actor]
		switch {
		case l == nil:
		case m.kind == trace.KindFaultBegin:
			l.Faults = append(l.Faults, Span{m.at.Seconds(), p.End, m.word})
		case m.kind == trace.KindFaultEnd:
			open := func(s Span) bool { return s.What == m.word && s.To == p.End }
			if i := slices.IndexFunc(l.Faults, open); i >= 0 {
				l.Faults[i].To = m.at.Seconds()
			}
		}
	}
	for _, l := range p.Lanes {
		slices.SortStableFunc(l.Faults, func(a, b Span) int { return cmp.Compare(a.From, b.From) })
	}
}

// addFailures adds the expectations that did not hold.
func (t *Timeline) addFailures(p *Page) {
	for _, f := range t.result.Failures[:min(len(t.result.Failures), maxPageFailures)] {
		shown := Failure{Message: fmt.Sprintf("%s: %s", f.Pos, f.Message), Lane: -1, From: -1, To: -1}
		if s := f.Scope; s != nil {
			shown.From, shown.To = min(s.From.Seconds(), p.End), min(s.To.Seconds(), p.End)
			shown.Lane = slices.Index(t.actors, s.Alertmanager)
		}
		p.Failures = append(p.Failures, shown)
	}
}

// addEvents adds the events for the histories of alerts.
func (t *Timeline) addEvents(p *Page) {
	for _, m := range t.events[:min(len(t.events), maxPageEvents)] {
		e := Event{
			At: m.at.Seconds(), Replica: m.replica, Kind: m.kind.String(), Lane: slices.Index(t.actors, m.actor),
			N: m.n, Word: m.word,
		}
		for _, n := range m.numbers {
			e.Alerts = append(e.Alerts, n.First, n.N)
		}
		p.Events = append(p.Events, e)
	}
}
