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
	// Tolerance is how much later than in the scenario an expectation may hold, MaxDuration the longest that a run may
	// take.
	Tolerance, MaxDuration time.Duration
	// Alertmanagers are real ones, host:port, by their addresses in the scenario.
	Alertmanagers map[string]string
	// Stop, once closed, ends the run with ErrInterrupted.
	Stop <-chan struct{}
}

// ErrInterrupted is the error of a run that Options.Stop ended.
var ErrInterrupted = errors.New("interrupted")

// ErrUnable is the error of a run that needs what the engine live cannot do.
var ErrUnable = errors.New("engine live cannot run it")
