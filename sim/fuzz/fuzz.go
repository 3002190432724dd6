// Package fuzz draws random scenarios, runs them on the model and on another engine, and shrinks those in which
// something is wrong: the engines differ, an invariant does not hold, or the notifier panics or hangs.
//
// It promises that the same seed draws the same scenario, and that a scenario that it returns is a file that
// notifysim test reads.
//
// It never says why something is wrong, and finding nothing proves nothing.
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

// A FindingKind is what went wrong in a random scenario.
type FindingKind string

// The kinds.
const (
	FoundInvariant  FindingKind = "invariant"  // one does not hold
	FoundDifference FindingKind = "difference" // the engine shows something else than the model
	FoundPanic      FindingKind = "panic"      // of the notifier
	FoundHang       FindingKind = "hang"       // virtual time stood still
	FoundGoroutine  FindingKind = "goroutine"  // one was left behind when the notifier had stopped
	FoundFault      FindingKind = "fault"      // the run could not be followed, or its account does not add up
)

// A Finding is something that went wrong, as it first did.
type Finding struct {
	Kind FindingKind
	// Detail tells findings of a kind apart: the invariant, the metric that differs, the error without its numbers.
	Detail  string
	Engines []sim.Engine // that show it
	Release string
	Seed    uint64
	Message string
	// Excuse is why the release does not promise the invariant, "" if it does.
	Excuse string
	// Draft is the scenario.
	Draft *Draft
}

// Same reports whether two findings are of one kind and detail.
func (f *Finding) Same(o *Finding) bool {
	return f.Kind == o.Kind && f.Detail == o.Detail && f.Excuse == o.Excuse
}

// patience is for how long a notifier may stand still.
const patience = 10 * time.Second

// A Result is what came of one random scenario.
type Result struct {
	Findings     []Finding
	Alerts       int64 // that were offered
	Unobservable bool  // by the engine; the model ran
}

// Run runs the scenario that a seed draws for a release on the model and on an engine, and returns what is wrong. The
// same seed gives the same findings.
func Run(e sim.Engine, children *sim.Children, rel *core.Release, seed uint64) Result {
	return try(e, children, rel, seed, NewHealingDraft(rel.Name, seed))
}

// try runs a draft. One that is no valid scenario shows nothing.
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
	observe := func(on sim.Engine) *compare.Observation {
		defer func() {
			if p := recover(); p != nil {
				found(on, FoundPanic, plainText(fmt.Sprint(p)), fmt.Sprintf("panic: %v", p), "")
			}
		}()
		res, o, err := compare.Observe(on, file, file.Tests[0], rel, 1, sim.Options{Patience: patience, Children: children})
		switch {
		case errors.Is(err, sim.ErrUnobservable):
			out.Unobservable = true
		case err != nil:
			kind := kindOf(err)
			cause := innermost(err)
			if _, after, ok := strings.Cut(err.Error(), cause); ok {
				cause += after // of a sentinel, what it is about
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
	model := observe(sim.EngineModel)
	if model != nil {
		out.Alerts = model.Ledger.Offered
	}
	if e == sim.EngineModel {
		return out
	}
	if other := observe(e); model != nil && other != nil {
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

// innermost is what an error says behind the words around it.
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

// plainText is an error without what differs from run to run.
func plainText(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	s = numbers.ReplaceAllString(names.ReplaceAllString(s, "…"), "…")
	return text.Shorten(s, errorSize)
}

// Shrink returns the finding with the smallest scenario that still shows it. It gives up after a number of tries.
func (f Finding) Shrink(children *sim.Children) Finding {
	rel, err := core.ParseRelease(f.Release)
	if err != nil {
		return f
	}
	tries := 600
	if f.Kind == FoundHang {
		tries = 20 // each of which may take as long as it takes to notice
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
