package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/spf13/cobra"
)

// The exit codes.
const (
	exitPass    = 0
	exitFailed  = 1 // an expectation failed
	exitUsage   = 2 // a bad file, or the command's own words
	exitHarness = 3 // non-determinism, a fault of the harness, or output that cannot be written

	exitThresholds  = 99  // thresholds were crossed and nothing else is wrong, as k6 has it
	exitInterrupted = 130 // by a signal, as shells have it
)

// A codedError ends the command with an exit code. Its text goes to standard error.
type codedError struct {
	code int
	err  error
}

func (e codedError) Error() string { return e.err.Error() }
func (e codedError) Unwrap() error { return e.err }

var (
	errFailed  = errors.New("an expectation failed")
	errCrossed = errors.New("a threshold was crossed")
)

// run is the whole command: it returns the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	out := &sink{w: stdout}
	root := rootCommand()
	root.SetArgs(append([]string{}, args...)) // nil would be os.Args
	root.SetIn(stdin)
	root.SetOut(out)
	root.SetErr(stderr)
	err := root.Execute()
	var coded codedError
	switch {
	case errors.Is(out.err, syscall.EPIPE):
		return exitHarness // nobody reads on, and nobody wants to hear of it
	case out.err != nil:
		fmt.Fprintf(stderr, "notifysim: writing the output: %v\n", out.err)
		return exitHarness
	case err == nil:
		return exitPass
	case errors.Is(err, errFailed):
		return exitFailed
	case errors.Is(err, errCrossed):
		return exitThresholds
	case errors.As(err, &coded):
		showError(stderr, coded.err)
		annotateErrors(stderr, coded.err)
		return coded.code
	}
	fmt.Fprintf(stderr, "notifysim: %v; see notifysim --help\n", err)
	return exitUsage
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "notifysim",
		Short: "What becomes of alerts between Prometheus and its Alertmanagers",
		Long: `notifysim plays Prometheus and its Alertmanagers against each other in virtual time and
shows what becomes of every alert: who took it, what was lost, and why.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			if _, err := os.Stat(args[0]); err == nil {
				return fmt.Errorf("%q is not a command; to run it write notifysim test %s", args[0], quote(args[0]))
			}
			if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
				return fmt.Errorf("%q is not a command; write notifysim %s", args[0], near[0])
			}
			return fmt.Errorf("%q is not a command", args[0])
		},
	}
	root.SuggestionsMinimumDistance = 2
	root.AddCommand(testCommand(), traceCommand(), compareCommand(), fakeamCommand(), gateCommand(), fmtCommand(), metricsCommand(), schemaCommand(), versionCommand())
	root.AddCommand(planCommand(), mergeCommand(), recordCommand(), fuzzCommand())
	return root
}

// A sink is the output. It remembers the first error: whoever writes may overlook it.
type sink struct {
	w   io.Writer
	err error
}

func (s *sink) Write(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.w.Write(p)
	s.err = err
	return n, err
}

// isTerminal reports whether people watch w. A sink is what it writes to.
func isTerminal(w io.Writer) bool {
	if s, ok := w.(*sink); ok {
		w = s.w
	}
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
