package main

import (
	"errors"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/cmd/notifysim/internal/report"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/compare"
)

// compareFlags are the flags of notifysim compare.
type compareFlags struct {
	selection
	output   string
	checkout string // the folder of a checkout of Prometheus whose notifier is compared too, "" for none
	fail     bool
}

// compareOutputs are the allowed values of --output.
var compareOutputs = []string{"text", "markdown", "json"}

func compareCommand(rn *runner) *cobra.Command {
	var f compareFlags
	cmd := &cobra.Command{
		Use:   "compare FILE",
		Short: "Show the outcomes of a scenario under several releases, side by side",
		Long: `Run every test of a scenario file under several releases of Prometheus and show the outcomes side by side.
Rows that differ are marked with ≠. Below the table, the report shows for each release the first event at which it
differs from the release before it.

With --engine prometheus the runs use the real, unmodified notifiers. The notifier of a release other than the newest is
compiled when it is first used, which needs the Go toolchain and takes a minute or two. With --notifier DIR the notifier
of a checkout of Prometheus is one more column, after the last release.`,
		Example: `  notifysim compare --release v2.53,v3.9,v3.16 peer_hangs.yml
  notifysim compare --release v2.53.3,v3.9 --engine prometheus peer_hangs.yml
  notifysim compare --release v3.16 --notifier ../prometheus --fail peer_hangs.yml`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("compare takes one file, such as notifysim compare --release v2.53,v3.16 peer_hangs.yml")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args, rn) },
	}
	f.selection.flags(cmd)
	completeSelection(cmd, 1)
	cmd.Flags().StringVar(&f.output, "output", "text",
		"text or markdown for people, or json: one record for each test and seed, one on each line")
	cmd.RegisterFlagCompletionFunc("output", completeWords(compareOutputs...))
	cmd.Flags().StringVar(&f.checkout, "notifier", "",
		"also compare the notifier of the checkout of Prometheus in this folder with the last release")
	cmd.Flags().BoolVar(&f.fail, "fail", false, "exit with 1 if a release differs from the one before it")
	return cmd
}

func (f *compareFlags) run(cmd *cobra.Command, args []string, rn *runner) error {
	if err := checkOutput(f.output, compareOutputs...); err != nil {
		return err
	}
	write := map[string]func(*report.Comparison, io.Writer) error{
		"text":     (*report.Comparison).WriteText,
		"markdown": (*report.Comparison).WriteMarkdown,
		"json":     (*report.Comparison).WriteJSON,
	}[f.output]
	runs, err := f.runs(cmd, args, rn.children)
	if err != nil {
		return err
	}
	if err := compileCheckout(rn.children, f.checkout); err != nil {
		return err
	}
	rn.progress = report.NewProgress(cmd.ErrOrStderr(), 0, false)
	defer rn.progress.Clear()
	differ := false
	for _, c := range comparisons(runs, f.checkout) {
		if len(c.Columns) < 2 {
			return usageErrorf("%q has only one run to compare; name two or more releases that it applies to, such as "+
				"--release v2.53,v3.16", c.Test)
		}
		if err := rn.runColumns(c); err != nil {
			return err
		}
		rn.progress.Clear()
		differ = differ || c.Differs()
		if err := write(c, cmd.OutOrStdout()); err != nil {
			return err
		}
	}
	if f.fail && differ {
		return errFailed
	}
	return nil
}

// comparisons groups the runs of the same test and seed into one comparison. If checkout is not "", its notifier is the
// last column of each comparison.
func comparisons(runs []report.Run, checkout string) []*report.Comparison {
	var list []*report.Comparison
	for _, r := range runs {
		same := func(c *report.Comparison) bool { return c.Columns[0].Test == r.Test && c.Seed == r.Seed }
		i := slices.IndexFunc(list, same)
		if i < 0 {
			i = len(list)
			list = append(list, &report.Comparison{File: r.File.Path, Test: r.Test.Name, Seed: r.Seed})
		}
		list[i].Columns = append(list[i].Columns, &report.Column{Run: r})
	}
	if checkout != "" {
		for _, c := range list {
			r := c.Columns[len(c.Columns)-1].Run
			r.Engine, r.Notifier = sim.EnginePrometheus, checkout
			c.Columns = append(c.Columns, &report.Column{Run: r})
		}
	}
	return list
}

// runColumns makes the run of each column of a comparison, and compares it with that of the column before.
func (rn *runner) runColumns(c *report.Comparison) error {
	for i, col := range c.Columns {
		var err error
		o := sim.Options{Notifier: col.Notifier, Children: rn.children, Progress: rn.reached(col.Run.Test)}
		col.Result, col.Observation, err = compare.Observe(col.Engine, col.File, col.Run.Test, col.Release, col.Run.Seed, o)
		if err != nil {
			return runError(col.Engine, err)
		}
		if i > 0 {
			col.Difference = compare.Differ(c.Columns[i-1].Observation, col.Observation)
		}
	}
	return nil
}
