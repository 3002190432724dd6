package main

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/sim"
)

func testCommand() *cobra.Command {
	var sel selection
	var export seriesExport
	var output, junit string
	var verbose bool
	cmd := &cobra.Command{
		Use:   "test [FILES]",
		Short: "Run scenario files and judge what they expect (without files: the library)",
		Long: `Run every test of the scenario files, once for each release and seed, and judge what they expect.
Without files it runs the library that comes with notifysim.

Exit codes: 0 all held, 1 an expectation failed, 2 a bad file or usage, 3 a fault of notifysim itself,
99 thresholds were crossed and nothing else failed.
The table is coloured on a terminal, unless NO_COLOR is set. With GITHUB_ACTIONS=true, failures and
errors of files are annotations too.`,
		Example: `  notifysim test
  notifysim test --release v2.5,v3.15 peer_hangs.yml
  notifysim test --output json peer_hangs.yml
  notifysim test --notifier ../prometheus peer_hangs.yml`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkOutput(output); err != nil {
				return err
			}
			jobs, err := sel.jobs(args)
			if err != nil {
				return err
			}
			live, stop, err := sel.live.options(cmd, jobs)
			if err != nil {
				return err
			}
			defer stop()
			if err := export.check(jobs); err != nil {
				return err
			}
			out, errs := cmd.OutOrStdout(), cmd.ErrOrStderr()
			var rep reporter = newTextReporter(out, len(args) > 0 || verbose, len(args) == 1 || verbose)
			if output == "json" {
				rep = newJSONReporter(out)
			}
			if junit != "" {
				rep = &junitReporter{reporter: rep, path: junit}
			}
			watch := progress{w: errs, total: len(jobs), shown: time.Now(), on: isTerminal(errs)}
			start := time.Now()
			passed, kept := true, true // expectations, thresholds
			err = runAll(jobs, sim.Options{Monitor: export.wanted(), Hash: output == "json", Live: live}, func(j job, res *sim.Result) error {
				watch.step()
				j.fork.tell(errs, j.file, j.test, j.release)
				if !res.Pass {
					if crossedOnly(res) {
						kept = false
					} else {
						passed = false
					}
					annotateFailures(errs, res)
				}
				if err := export.write(res); err != nil {
					return err
				}
				return rep.result(j, res)
			})
			watch.clear()
			if err != nil {
				return err
			}
			if line := sel.leftOutLine(); line != "" {
				fmt.Fprintln(errs, line)
			}
			if err := rep.close(time.Since(start)); err != nil {
				return err
			}
			if !passed {
				return errFailed
			}
			if !kept {
				return errCrossed
			}
			return nil
		},
	}
	sel.flags(cmd)
	export.flags(cmd)
	sel.complete(cmd, math.MaxInt)
	sel.live.flags(cmd)
	sel.checkoutFlag(cmd)
	cmd.Flags().StringVar(&output, "output", "text", "text for people, or json: one record a run, a line each")
	cmd.Flags().StringVar(&junit, "junit", "", "write the outcome to this file too, as JUnit's XML: a suite a file, a test case a run")
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "say of every test what happened, as is done for a single file and for tests that fail")
	return cmd
}

// leftOutLine says which runs the engine cannot do, "" if it does all.
func (s *selection) leftOutLine() string {
	if len(s.leftOut) == 0 {
		return ""
	}
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(s.leftOut)) {
		parts = append(parts, fmt.Sprintf("%d of %s", s.leftOut[name], name))
	}
	return fmt.Sprintf("left out, since engine %s does not run these releases: %s", s.engine, strings.Join(parts, ", "))
}

func checkOutput(output string) error {
	if output != "text" && output != "json" {
		return fmt.Errorf("--output %q: write text or json", output)
	}
	return nil
}

// A progress shows on a terminal how far long work is.
type progress struct {
	w           io.Writer
	on          bool
	begun       time.Time // zero: no estimate
	shown       time.Time
	done, total int
	drawn       bool
}

func (p *progress) step() {
	p.done++
	if !p.on || time.Since(p.shown) < 300*time.Millisecond {
		return
	}
	p.shown, p.drawn = time.Now(), true
	fmt.Fprintf(p.w, "\r%d of %d runs%s\x1b[K", p.done, p.total, p.estimate())
}

// estimate says how long the rest takes if it goes on like this.
func (p *progress) estimate() string {
	if p.begun.IsZero() {
		return ""
	}
	left := time.Duration(float64(time.Since(p.begun)) / float64(p.done) * float64(p.total-p.done))
	return fmt.Sprintf(", %v left", left.Round(time.Second))
}

func (p *progress) clear() {
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
