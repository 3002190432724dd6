package live

import (
	"errors"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
)

// Options are the options of a Host.
type Options struct {
	Flags   scenarios.Flags
	Release *core.Release
	Seed    uint64
	// Tolerance is how much later than in the scenario an expectation may hold, MaxDuration the longest time that a run
	// may take.
	Tolerance, MaxDuration time.Duration
	// Alertmanagers maps addresses in the scenario to the addresses (host:port) of real Alertmanagers.
	Alertmanagers map[string]string
	// Stop, once closed, ends the run with ErrInterrupted.
	Stop <-chan struct{}
}

// ErrInterrupted is the error of a run that was ended by Options.Stop.
var ErrInterrupted = errors.New("interrupted")

// ErrUnable is the error of a run whose scenario the engine live cannot run.
var ErrUnable = errors.New("the engine live cannot run this scenario")
