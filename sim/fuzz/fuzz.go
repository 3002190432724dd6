// Package fuzz generates random scenarios, runs each on the model and on another engine, and shrinks those that fail. A
// scenario fails if the engines differ, an invariant is violated, or the notifier panics or hangs.
//
// The same seed generates the same scenario, and notifysim test can run the scenarios that the package returns.
//
// The package does not explain why a scenario fails. A search without a failure does not prove that there is no bug.
package fuzz

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/compare"
)

// A FindingKind says how a random scenario failed.
type FindingKind string

// The kinds of findings.
const (
	FoundInvariant  FindingKind = "invariant"  // an invariant is violated
	FoundDifference FindingKind = "difference" // the engine differs from the model
	FoundPanic      FindingKind = "panic"      // the notifier panicked
	FoundHang       FindingKind = "hang"       // virtual time stood still
	FoundGoroutine  FindingKind = "goroutine"  // the notifier stopped, but one of its goroutines did not end
	FoundFault      FindingKind = "fault"      // another error: the accounts do not add up, or cannot be continued
)

// A Finding is a failure of a random scenario. A search keeps the first of each kind and detail.
type Finding struct {
	Kind FindingKind
	// Detail distinguishes findings of the same kind: it is the invariant, the metric that differs, or the error
	// without its numbers.
	Detail  string
	Engines []sim.Engine // the engines on which it was found
	Release string
	Seed    uint64
	Message string
	// Excuse is why the release does not promise the invariant, or "" if it promises it.
	Excuse string
	// Draft is the scenario that fails.
	Draft *Draft
}

// Same reports whether two findings have the same kind, detail and excuse.
func (f *Finding) Same(o *Finding) bool {
	return f.Kind == o.Kind && f.Detail == o.Detail && f.Excuse == o.Excuse
}

// patience is how long, in real time, a notifier may take to react to one event.
const patience = 10 * time.Second

// A Result is the outcome of one random scenario.
type Result struct {
	Findings     []Finding
	Alerts       int64 // the offered alerts
	Unobservable bool  // only the model ran, because the engine cannot determine the outcome
}

// Run generates the scenario of a seed for a release, runs it on the model and on an engine, and returns the findings.
// The same seed gives the same findings.
func Run(e sim.Engine, children *sim.Children, rel *core.Release, seed uint64) Result {
	return try(e, children, rel, seed, NewHealingDraft(rel.Name, seed))
}

// try runs a draft. A draft that is not a valid scenario has no findings.
func try(e sim.Engine, children *sim.Children, rel *core.Release, seed uint64, d *Draft) (out Result) {
	file, err := scenarios.Parse("drawn.yml", d.Text())
	if err != nil {
		return out
	}
	found := func(on sim.Engine, kind FindingKind, detail, message, excuse string) {
		f := Finding{
			Kind: kind, Detail: detail, Engines: []sim.Engine{on}, Release: rel.Name, Seed: seed, Message: message,
			Excuse: excuse, Draft: d,
		}
		for i := range out.Findings {
			if o := &out.Findings[i]; o.Same(&f) {
				o.Engines = append(o.Engines, on)
				return
			}
		}
		out.Findings = append(out.Findings, f)
	}
	observe := func(on sim.Engine, orders *sim.SetOrders) *compare.Observation {
		defer func() {
			if p := recover(); p != nil {
				found(on, FoundPanic, plainText(fmt.Sprint(p)), fmt.Sprintf("panic: %v", p), "")
			}
		}()
		options := sim.Options{Patience: patience, Children: children, Orders: orders}
		res, o, err := compare.Observe(on, file, file.Tests[0], rel, 1, options)
		switch {
		case errors.Is(err, sim.ErrUnobservable):
			out.Unobservable = true
		case err != nil:
			kind := kindOf(err)
			cause := innermost(err)
			if _, after, ok := strings.Cut(err.Error(), cause); ok {
				cause += after // the details come after a sentinel error
			}
			found(on, kind, plainText(cause), err.Error(), "")
		default:
			for _, v := range res.Violations {
				found(on, FoundInvariant, v.Invariant, fmt.Sprintf("%s, at %v", v.Message, text.Duration(v.At)), v.Excuse)
			}
			return o
		}
		return nil
	}
	var other *compare.Observation
	var orders *sim.SetOrders
	if e != sim.EngineModel {
		// In some releases the order of a Go map decides the outcome: the model follows the order that the engine took.
		if other = observe(e, nil); other != nil {
			orders = other.Orders
		}
	}
	model := observe(sim.EngineModel, orders)
	if model != nil {
		out.Alerts = model.Ledger.Offered
	}
	if model != nil && other != nil {
		if diff := compare.Differ(model, other); diff != nil {
			found(e, FoundDifference, diff.Detail(), diff.String(), "")
		}
	}
	return out
}

func kindOf(err error) FindingKind {
	switch {
	case errors.Is(err, sim.ErrStuck):
		return FoundHang
	case errors.Is(err, sim.ErrGoroutineLeft):
		return FoundGoroutine
	case errors.Is(err, sim.ErrPanicked):
		return FoundPanic
	}
	return FoundFault
}

// innermost returns the text of the innermost wrapped error.
func innermost(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

var (
	numbers   = regexp.MustCompile(`\b[0-9][0-9a-fx.µ]*(ms|s|m)?\b`)
	names     = regexp.MustCompile(`\b[abczx][0-9]+(\.\.[abczx][0-9]+)?\b|am-[a-z]`)
	errorSize = 120
)

// plainText returns the first line of an error, without the numbers and names that differ from run to run.
func plainText(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	s = numbers.ReplaceAllString(names.ReplaceAllString(s, "…"), "…")
	return text.Shorten(s, errorSize)
}

// Shrink returns the same finding with the smallest scenario that it finds to have it. The number of tries is limited.
func (f Finding) Shrink(children *sim.Children) Finding {
	rel, err := core.ParseRelease(f.Release)
	if err != nil {
		return f
	}
	tries := 600
	if f.Kind == FoundHang {
		tries = 20 // each try may take as long as patience
	}
	last := f
	shows := func(d *Draft) bool {
		if tries--; tries < 0 {
			return false
		}
		for _, o := range try(f.Engines[0], children, rel, f.Seed, d).Findings {
			if o.Same(&f) {
				last = o
				return true
			}
		}
		return false
	}
	f.Draft.Shrink(shows)
	last.Draft.Simplify(shows)
	last.Draft.Shrink(shows)
	return last
}
