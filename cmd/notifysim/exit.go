package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/sim"
)

// The exit codes. Each has the same meaning in every command.
const (
	exitPass        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInternal    = 3
	exitThresholds  = 99  // as in k6
	exitInterrupted = 130 // as in shells
)

// exitCodes is the table of the exit codes that the help of every command shows.
var exitCodes = []struct {
	code    int
	meaning string
}{
	{exitPass, "pass"},
	{exitFailed, "an expectation failed, or the command found something that is worse, different or new"},
	{exitUsage, "a bad file or command line, or the command could not decide"},
	{exitInternal, "an internal error, engines that differ, or output that cannot be written"},
	{exitThresholds, "thresholds were crossed, and nothing else failed"},
	{exitInterrupted, "interrupted"},
}

// exitCodeHelp returns the table of the exit codes for the help of a command.
func exitCodeHelp() string {
	var b strings.Builder
	b.WriteString("\nExit codes:\n")
	for _, c := range exitCodes {
		fmt.Fprintf(&b, "  %-4d %s\n", c.code, c.meaning)
	}
	return b.String()
}

// Errors that only set the exit code: the report has already shown what failed.
var (
	errFailed  = errors.New("an expectation failed")
	errCrossed = errors.New("a threshold was crossed")
)

// A codedError ends the command with the exit code. The text of err is written to standard error.
type codedError struct {
	code int
	err  error
}

func (e codedError) Error() string { return e.err.Error() }
func (e codedError) Unwrap() error { return e.err }

// usageErrorf returns an error that ends the command with exitUsage.
func usageErrorf(format string, args ...any) error {
	return codedError{exitUsage, fmt.Errorf(format, args...)}
}

// internalErrorf returns an error that ends the command with exitInternal.
func internalErrorf(format string, args ...any) error {
	return codedError{exitInternal, fmt.Errorf(format, args...)}
}

// interruptedErrorf returns an error that ends the command with exitInterrupted.
func interruptedErrorf(format string, args ...any) error {
	return codedError{exitInterrupted, fmt.Errorf(format, args...)}
}

// runError adds the exit code to an error of a run on an engine.
func runError(engine sim.Engine, err error) error {
	switch {
	case errors.Is(err, sim.ErrInterrupted):
		return interruptedErrorf("notifysim: interrupted; no expectation was checked")
	case errors.Is(err, sim.ErrNotLive), errors.Is(err, sim.ErrUnobservable):
		return usageErrorf("notifysim: %w", err)
	case engine == sim.EngineModel:
		return internalErrorf("notifysim: internal error: %w", err)
	}
	return internalErrorf("notifysim: %w", err)
}

// interruptible returns the context of a command. SIGINT and SIGTERM cancel it, until stop is called.
func interruptible(cmd *cobra.Command) (ctx context.Context, stop context.CancelFunc) {
	return signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
}
