package main

import (
	"errors"
	"fmt"
)

// The exit codes, the same for every command unless its help says otherwise.
const (
	exitPass        = 0
	exitFailed      = 1   // an expectation failed
	exitUsage       = 2   // a bad file or command line
	exitInternal    = 3   // an internal error, engines that differ, or output that cannot be written
	exitThresholds  = 99  // thresholds were crossed and nothing else failed, as in k6
	exitInterrupted = 130 // by a signal, as in shells
)

// Errors that say only the exit code: a report has said the rest.
var (
	errFailed  = errors.New("an expectation failed")
	errCrossed = errors.New("a threshold was crossed")
)

// A codedError ends the command with an exit code. Its text goes to standard error.
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
