// Package world holds what all parts of a run share: the virtual clock, the event queue, the label sets and the trace.
// Code that needs the World gets it as a parameter.
//
// The World numbers the events of the trace and keeps the first internal error of the run. The package knows neither
// the notifier nor the Alertmanagers, and decides nothing.
//
// The package is internal to sim: it promises nothing to others.
package world

import (
	"fmt"
	"time"

	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/eventqueue"
)

// An Event is something that happens at an instant of virtual time.
type Event interface{ Happen() }

// An EventFunc is a function in the role of an Event. It allocates, so frequent events have types of their own.
type EventFunc func()

// Happen calls f.
func (f EventFunc) Happen() { f() }

// A World is the state that all parts of a run share.
type World struct {
	// Now is the virtual time, in nanoseconds from the start of the run.
	Now int64
	// Queue holds the planned events.
	Queue eventqueue.Queue[Event]
	// Seed is the seed of the run, from which all random streams are derived.
	Seed uint64
	// Labels are the label sets of the run's alerts.
	Labels *alerts.LabelSets

	// Log is called with every event of the trace and with the copies that the event is about; nil if the run has no
	// trace.
	Log func(e *trace.Event, segs []alerts.Segment)
	// Round is the unit to which the times in the trace are rounded; 0 means that they are not rounded, as on a virtual
	// clock.
	Round time.Duration
	// Seq is the number of the latest event of the trace. Cause is the number of the event that causes the next ones, or
	// 0 if none does. Line is the line of the scenario file that causes the next event if Cause is 0.
	Seq, Cause int64
	Line       int

	// Progress, if not nil, is called with the virtual time again and again (see Advanced).
	Progress func(at time.Duration)
	advanced int

	// Over ends the run.
	Over bool
	// Err is the first internal error. It makes the run invalid.
	Err error
}

// Add plans an event. Position orders the events of one instant and class.
func (w *World) Add(at int64, c eventqueue.Class, position int, e Event) {
	w.Queue.Add(at, c, position, e)
}

// Do plans a call of f, as Add does for an Event.
func (w *World) Do(at int64, c eventqueue.Class, position int, f func()) {
	w.Queue.Add(at, c, position, EventFunc(f))
}

// Advanced is called when a step of the run is done. Every progressSteps calls it calls Progress.
func (w *World) Advanced() {
	const progressSteps = 256
	if w.advanced++; w.advanced%progressSteps == 0 && w.Progress != nil {
		w.Progress(time.Duration(w.Now))
	}
}

// Fail records err, unless it is nil or an earlier error is recorded.
func (w *World) Fail(err error) {
	if err != nil && w.Err == nil {
		w.Err = fmt.Errorf("at %v, after event #%d: %w", time.Duration(w.Now), w.Seq, err)
	}
}

// Listens reports whether the run has a trace, so that the caller has to emit an event. If it has none, Listens only
// counts the event.
func (w *World) Listens() bool {
	if w.Log == nil {
		w.Seq++
	}
	return w.Log != nil
}

// Emit writes an event to the trace and returns its number.
func (w *World) Emit(e trace.Event) int64 { return w.EmitFor(e, nil) }

// EmitFor writes an event about the copies of segs to the trace and returns its number.
func (w *World) EmitFor(e trace.Event, segs []alerts.Segment) int64 {
	w.Seq++
	if w.Log != nil {
		e := e // only a traced event is moved to the heap
		e.Seq, e.At, e.Cause = w.Seq, time.Duration(w.Now), w.Cause
		if w.Round > 0 {
			e.At = e.At.Round(w.Round)
		}
		if w.Cause == 0 {
			e.Line = w.Line
		}
		if e.Spans != nil {
			e.Alerts = w.Labels.Text(e.Spans)
		}
		w.Log(&e, segs)
	}
	return w.Seq
}
