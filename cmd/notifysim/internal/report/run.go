package report

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/summary"
)

// A Run identifies one run of a test.
type Run struct {
	File    *scenarios.File
	Test    *scenarios.Test
	Release *core.Release
	Seed    uint64
	Engine  sim.Engine
	// Notifier is the folder of the checkout of Prometheus whose notifier runs, "" for the notifier of Release.
	Notifier string
	// Settings are the values of --flag, such as alertmanager.notification-queue-capacity=5000, in their order.
	Settings []string
}

// A Reporter shows the results of runs. The caller passes all runs of one test under one release before those of the
// next test or release.
type Reporter interface {
	// Result adds the result of a run to the report; took is how long the run took on the wall clock.
	Result(run Run, res *sim.Result, took time.Duration) error
	// Close completes the report; took is how long all runs took together on the wall clock.
	Close(took time.Duration) error
}

// Checks returns how many expectations apply to the release of the run. An invariant that is known to be violated
// counts as one.
func (r Run) Checks() int {
	n := 0
	count := func(applies bool) {
		if applies {
			n++
		}
	}
	for i := range r.Test.Ledger {
		count(r.Test.Ledger[i].For(r.Release))
	}
	for i := range r.Test.Receipts {
		count(r.Test.Receipts[i].For(r.Release))
	}
	for i := range r.Test.PromQL {
		count(r.Test.PromQL[i].For(r.Release))
	}
	for i := range r.Test.AlertRules {
		count(r.Test.AlertRules[i].For(r.Release))
	}
	for i := range r.Test.Thresholds {
		count(r.Test.Thresholds[i].For(r.Release))
	}
	for i := range r.Test.Invariants {
		count(r.Test.Invariants[i].FailsOn.At(r.Release) != nil)
	}
	return n
}

// reproduce returns a command line that repeats exactly this run.
func (r Run) reproduce() string {
	pattern := regexp.QuoteMeta(r.Test.Name)
	for _, t := range r.File.Tests {
		if t != r.Test && strings.Contains(t.Name, r.Test.Name) {
			pattern = "^" + pattern + "$"
			break
		}
	}
	cmd := fmt.Sprintf("notifysim test --release %s --run %s", r.Release.Name, text.ShellQuote(pattern))
	if (r.Test.Seeds != scenarios.Seeds{From: r.Seed, To: r.Seed}) {
		cmd += fmt.Sprintf(" --seeds %d", r.Seed)
	}
	switch {
	case r.Notifier != "":
		cmd += " --notifier " + text.ShellQuote(r.Notifier)
	case r.Engine != sim.EngineModel:
		cmd += " --engine " + string(r.Engine)
	}
	for _, setting := range r.Settings {
		cmd += " --flag " + text.ShellQuote(setting)
	}
	return cmd + " " + text.FileArg(r.File.Path)
}

// hasSeeds reports whether a report should name the seed: if the test has several seeds, or if the seed is not the
// default 1.
func (r Run) hasSeeds() bool { return r.Test.Seeds.From != r.Test.Seeds.To || r.Seed != 1 }

// CrossedOnly reports whether a run crossed thresholds while every other expectation held.
func CrossedOnly(res *sim.Result) bool {
	if res.Pass {
		return false
	}
	for _, f := range res.Failures {
		if !f.Threshold {
			return false
		}
	}
	return true
}

// summary returns a sentence or two about what happened in the run.
func (r Run) summary(res *sim.Result) string { return summary.Of(r.File, r.Test, r.Release, res) }
