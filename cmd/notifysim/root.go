package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// The exit codes.
const (
	exitPass    = 0
	exitFailed  = 1 // an expectation failed
	exitUsage   = 2 // a bad file, or the command's own words
	exitHarness = 3 // non-determinism, or a fault of the harness
)

// A codedError ends the command with an exit code. Its text, if any, goes to standard error.
type codedError struct {
	code int
	err  error
}

func (e codedError) Error() string { return e.err.Error() }
func (e codedError) Unwrap() error { return e.err }

var errFailed = errors.New("an expectation failed")

// run is the whole command: it returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := &cobra.Command{
		Use:           "notifysim",
		Short:         "What becomes of alerts between Prometheus and its Alertmanagers",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddCommand(testCommand(), traceCommand(), versionCommand())
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.Execute()
	var coded codedError
	switch {
	case err == nil:
		return exitPass
	case errors.Is(err, errFailed):
		return exitFailed
	case errors.As(err, &coded):
		fmt.Fprintln(stderr, coded.err)
		return coded.code
	}
	fmt.Fprintf(stderr, "notifysim: %v; see notifysim --help\n", err)
	return exitUsage
}
