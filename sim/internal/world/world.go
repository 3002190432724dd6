// Package world holds what everybody in a run shares: the virtual clock, the event queue, the label sets and the trace.
// A World is passed by parameter to whoever needs it.
//
// Events of the trace get consecutive numbers, and the first internal error of a run is kept. The package knows neither
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

// The classes order what happens at one instant: first what comes first.
const (
	ClassExpiry eventqueue.Class = iota
	ClassFault
	ClassTargets
	ClassReload
	ClassResponse
	ClassSend
	ClassScrape
	ClassExpectation
	ClassEnd
)

// An Event is something that happens at an instant of virtual time.
type Event interface{ Happen() }

// An EventFunc is an Event that is planned seldom.
type EventFunc func()

// Happen calls f.
func (f EventFunc) Happen() { f() }

// A World is what everybody in a run shares.
type World struct {
	// Now is the virtual time, in nanoseconds from the start of the run.
	Now int64
	// Queue is what is still to happen.
	Queue eventqueue.Queue[Event]
	// Seed is that of all random streams of the run.
	Seed uint64
	// Labels are the label sets of the run's alerts.
	Labels *alerts.LabelSets

	// Log is called with every event of the trace, and with the copies that it is about; nil if nobody listens.
	Log func(e *trace.Event, segs []alerts.Segment)
	// Round is what times in the trace are rounded to, 0 on a virtual clock.
	Round time.Duration
	// Seq is the number of the last event of the trace. Cause is the event whose consequences happen now, Line the line
	// of the scenario file that leads to the next event.
	Seq, Cause int64
	Line       int

	// Over says that the run ends now.
	Over bool
	// Err is the first thing that must never be, an internal error: the run is worth nothing.
	Err error
}

// Add plans an event. Position orders the events of one instant and class.
func (w *World) Add(at int64, c eventqueue.Class, position int, e Event) {
	w.Queue.Add(at, c, position, e)
}

// Do plans a call of f.
func (w *World) Do(at int64, c eventqueue.Class, position int, f func()) {
	w.Queue.Add(at, c, position, EventFunc(f))
}

// Fail records the first internal error.
func (w *World) Fail(err error) {
	if err != nil && w.Err == nil {
		w.Err = fmt.Errorf("at %v, after event #%d: %w", time.Duration(w.Now), w.Seq, err)
	}
}

// Listens reports whether anybody reads the next event; if not, it counts the event, which need not be made.
func (w *World) Listens() bool {
	if w.Log == nil {
		w.Seq++
	}
	return w.Log != nil
}

// Emit writes an event to the trace and returns its number.
func (w *World) Emit(e trace.Event) int64 { return w.EmitFor(e, nil) }

// EmitFor is Emit for an event about copies.
func (w *World) EmitFor(e trace.Event, segs []alerts.Segment) int64 {
	w.Seq++
	if w.Log != nil {
		e := e // what is read goes to the heap
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
