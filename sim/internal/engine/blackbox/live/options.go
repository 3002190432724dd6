package live

import (
	"errors"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
)

// Options are what a Host needs.
type Options struct {
	Flags   scenarios.Flags
	Release *core.Release
	Seed    uint64
	// Tolerance is how much later than the scenario says an expectation may hold, MaxDuration the longest that a run
	// may take.
	Tolerance, MaxDuration time.Duration
	// Alertmanagers are real ones, host:port, by their addresses in the scenario.
	Alertmanagers map[string]string
	// Stop, once closed, ends the run with ErrInterrupted.
	Stop <-chan struct{}
}

// ErrInterrupted is what a run ends with that was stopped from outside.
var ErrInterrupted = errors.New("interrupted")

// ErrUnable is what a run ends with that the engine live cannot do.
var ErrUnable = errors.New("engine live cannot run it")
