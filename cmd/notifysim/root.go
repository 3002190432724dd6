package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/cmd/notifysim/internal/report"
	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/sim"
)

// run runs the command line args and returns its exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	children := &sim.Children{Progress: stderr}
	defer children.Close()
	return execute(rootCommand(&runner{simulate: sim.Run, children: children}), args, stdin, stdout, stderr)
}

// execute runs a command and returns the exit code.
func execute(root *cobra.Command, args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	defer func() {
		if p := recover(); p != nil { // without this, Go would exit with 2, the code of a bad command line
			fmt.Fprintf(stderr, "notifysim: internal error: %v\n%s", p, debug.Stack())
			code = exitInternal
		}
	}()
	out := &report.ErrWriter{W: stdout}
	root.SetArgs(append([]string{}, args...)) // cobra reads os.Args if the arguments are nil
	root.SetIn(stdin)
	root.SetOut(out)
	root.SetErr(stderr)
	addDefaults(root) // after SetOut: the commands added keep the output that is set now
	err := root.Execute()
	var coded codedError
	switch {
	case errors.Is(out.Err, syscall.EPIPE): // the reader of the output has closed the pipe; that needs no message
		return exitInternal
	case out.Err != nil:
		fmt.Fprintf(stderr, "notifysim: writing the output: %v\n", out.Err)
		return exitInternal
	case err == nil:
		return exitPass
	case errors.Is(err, errFailed):
		return exitFailed
	case errors.Is(err, errCrossed):
		return exitThresholds
	case errors.As(err, &coded):
		report.Error(stderr, coded.err)
		return coded.code
	}
	fmt.Fprintf(stderr, "notifysim: %v; see notifysim --help\n", err)
	return exitUsage
}

// rootCommand returns the command with all subcommands. They make their runs with rn.
func rootCommand(rn *runner) *cobra.Command {
	root := &cobra.Command{
		Use:   "notifysim",
		Short: "What happens to alerts between Prometheus and its Alertmanagers",
		Long: `notifysim simulates a Prometheus server and its Alertmanagers in virtual time and shows what becomes
of every alert: which Alertmanagers it is delivered to, which alerts are lost, and why.`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cmd.Help()
			}
			if _, err := os.Stat(args[0]); err == nil {
				return fmt.Errorf("%q is not a command; to run it write notifysim test %s", args[0], text.FileArg(args[0]))
			}
			if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
				return fmt.Errorf("%q is not a command; write notifysim %s", args[0], near[0])
			}
			return fmt.Errorf("%q is not a command", args[0])
		},
	}
	root.SuggestionsMinimumDistance = 2
	root.Version = versionText()
	root.SetVersionTemplate("{{.Version}}")
	root.AddCommand(
		testCommand(rn), traceCommand(rn), compareCommand(rn), fuzzCommand(rn.children),
		planCommand(), mergeCommand(), gateCommand(), fakeamCommand(), recordCommand(),
		metricsCommand(), fmtCommand(), schemaCommand(), versionCommand(),
	)
	return root
}

// help shows the help of the subcommand that args name.
func help(cmd *cobra.Command, args []string) error {
	of, rest, err := cmd.Root().Find(args)
	if err != nil || len(rest) > 0 {
		return fmt.Errorf("%q is not a command", strings.Join(args, " "))
	}
	return of.Help()
}

// helpWidth is the width of help texts, in columns, if the output is not a terminal.
const helpWidth = 120

// addDefaults adds cobra's commands help and completion, and makes them return an error for an unknown word. It makes
// the help of every command as wide as the terminal, and adds the table of exit codes to it.
func addDefaults(root *cobra.Command) {
	width := cmp.Or(report.TerminalWidth(root.OutOrStdout()), helpWidth)
	usage := strings.ReplaceAll(root.UsageTemplate(), ".FlagUsages", fmt.Sprintf(".FlagUsagesWrapped %d", width))
	root.SetUsageTemplate(usage + exitCodeHelp())
	root.InitDefaultCompletionCmd()
	root.InitDefaultHelpCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "completion": // without RunE, cobra shows the help for any unknown word and exits with 0
			cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
		case "help":
			cmd.Run, cmd.RunE = nil, help
		}
	}
}
