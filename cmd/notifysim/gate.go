package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/bench/gate"
	"github.com/notifysim/notifysim/internal/text"
)

// gateFlags are the flags of notifysim gate.
type gateFlags struct {
	session     gate.Session
	thresholds  string
	lane        string
	filter      string
	interleaved bool
	output      string
	accept      bool
	all         bool
	quiet       bool
}

func gateCommand() *cobra.Command {
	var f gateFlags
	cmd := &cobra.Command{
		Use:   "gate {OLD NEW | --base REF}",
		Short: "Decide whether benchmark results are worse than before",
		Long: `Decide whether benchmark results are worse than before. The command compares two files in Go's benchmark
format, or it builds the benchmarks of the working tree and of a git ref and runs both in turn.

Allocations and values declared exact must not get worse at all. A timing counts as worse if a paired statistical test,
corrected for the number of rows, finds a change that is larger than a minimum. With --base, rows that look worse are
measured again before they count. A file of thresholds says which changes are tolerated.

The verdict is FAIL, with exit code 1, if a row is worse, missing or non-deterministic, or if its benchmark fails. It is
CANNOT DECIDE, with exit code 2, if something could not be read, built, run or compared, or if the working tree is
dirty. It is INCONCLUSIVE, also with exit code 2, if there are too few samples or too much noise.`,
		Example: `  notifysim gate results/exact.txt new.txt
  notifysim gate --lane exact results/exact.txt new.txt
  notifysim gate --accept results/exact.txt new.txt
  notifysim gate --base main --bench ReferenceDay --profiles profiles
  notifysim gate --base main --notifier ~/src/prometheus --profiles profiles
  notifysim gate --base origin/main --output markdown > comment.md`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(cmd, args) },
	}
	fs := cmd.Flags()
	s := &f.session
	fs.StringVar(&f.thresholds, "thresholds", "", "a `FILE` that says, by unit and benchmark, which changes are tolerated")
	fs.StringVar(&f.lane, "lane", "all", "judge only the exact values (exact) or only the timings (timing), or both (all)")
	fs.StringVar(&f.filter, "filter", "",
		"compare only the rows that match this `QUERY`, in the syntax of benchstat's -filter")
	fs.StringVar(&f.output, "output", "text", "text or markdown for people, json or junit for programs")
	cmd.RegisterFlagCompletionFunc("output", completeWords(gateOutputs...))
	cmd.RegisterFlagCompletionFunc("lane", completeWords("exact", "timing", "all"))
	fs.BoolVar(&f.all, "all", false, "list every row in the text, not only those that changed")
	fs.BoolVar(&f.interleaved, "interleaved", false,
		"treat OLD and NEW as recorded in turn (files that --save wrote say this themselves)")
	fs.BoolVar(&f.accept, "accept", false, "write the exact values of NEW into the file OLD, for later comparisons")
	fs.StringVar(&s.Base, "base", "", "compare the working tree with this git `REF`")
	fs.StringVar(&s.Dir, "notifier", "",
		"with --base: compare the notifier of the checkout of Prometheus in `DIR` with that of REF")
	fs.StringArrayVar(&s.Packages, "package", []string{"./bench"},
		"with --base: the package whose benchmarks are run; may be repeated")
	fs.StringVar(&s.Bench, "bench", ".", "with --base: run the benchmarks that match this `REGEXP`, as for go test -bench")
	fs.IntVar(&s.Pairs, "count", 0,
		"with --base: how many pairs of samples to measure (default 20, or 3 with --lane exact)")
	fs.StringVar(&s.Benchtime, "benchtime", "100ms",
		"with --base: how long a sample runs, or how many iterations it has, such as 500x")
	fs.IntVar(&s.Procs, "cpu", 1, "with --base: GOMAXPROCS of the benchmarks")
	fs.IntVar(&s.Rounds, "confirm", 1, "with --base: how many rounds of new pairs must confirm a row that looks worse")
	fs.BoolVar(&s.AllowDirty, "allow-dirty", false, "with --base: accept a working tree with uncommitted changes")
	fs.StringVar(&s.Profiles, "profiles", "", "with --base: write profiles of benchmarks that are worse into `DIR`")
	fs.StringVar(&s.Save, "save", "", "with --base: write the results as old.txt and new.txt into `DIR`")
	fs.BoolVar(&f.quiet, "quiet", false, "show no progress on standard error")
	return cmd
}

// baseOnly has the flags that are allowed only with --base.
var baseOnly = []string{
	"notifier", "package", "bench", "count", "benchtime", "cpu", "confirm", "allow-dirty", "profiles", "save",
}

func (f *gateFlags) run(cmd *cobra.Command, args []string) error {
	write, err := f.writer()
	if err != nil {
		return err
	}
	o := gate.Options{Filter: f.filter, Interleaved: f.interleaved}
	switch f.lane {
	case "all":
	case "exact", "timing":
		o.Lane = gate.Lane(f.lane)
	default:
		return fmt.Errorf("--lane %q: write exact, timing or all", f.lane)
	}
	if f.thresholds != "" {
		if o.Thresholds, err = gate.ReadThresholds(f.thresholds); err != nil {
			return codedError{exitUsage, err}
		}
	}
	if f.accept {
		return f.acceptNew(cmd, args, o.Thresholds)
	}
	var report *gate.Report
	if cmd.Flags().Changed("base") {
		report, err = f.measure(cmd, args, o)
	} else {
		report, err = f.compare(cmd, args, o)
	}
	if report != nil { // also written if the measurement was interrupted
		if err := write(report, cmd.OutOrStdout()); err != nil {
			return codedError{exitInternal, err}
		}
	}
	if err != nil {
		return err
	}
	switch report.Verdict {
	case gate.Pass:
		return nil
	case gate.Fail:
		return errFailed
	}
	return usageErrorf("notifysim gate: %s", strings.ToLower(string(report.Verdict)))
}

// gateOutputs are the allowed values of --output.
var gateOutputs = []string{"text", "json", "junit", "markdown"}

func (f *gateFlags) writer() (func(*gate.Report, io.Writer) error, error) {
	return map[string]func(*gate.Report, io.Writer) error{
		"text":     func(r *gate.Report, w io.Writer) error { return r.WriteText(w, f.all) },
		"json":     (*gate.Report).WriteJSON,
		"junit":    (*gate.Report).WriteJUnit,
		"markdown": (*gate.Report).WriteMarkdown,
	}[f.output], checkOutput(f.output, gateOutputs...)
}

// compare compares two files; "-" is the standard input.
func (f *gateFlags) compare(cmd *cobra.Command, args []string, o gate.Options) (*gate.Report, error) {
	if len(args) != 2 {
		return nil, fmt.Errorf("gate compares two files, OLD and NEW, or the working tree with --base REF; files given: %d",
			len(args))
	}
	for _, name := range baseOnly {
		if cmd.Flags().Changed(name) {
			return nil, fmt.Errorf("--%s needs --base", name)
		}
	}
	if args[0] == args[1] || sameFile(args[0], args[1]) {
		return nil, fmt.Errorf("OLD and NEW are the same file, %s; name two files", args[0])
	}
	return gate.Compare(readSide(cmd, args[0]), readSide(cmd, args[1]), o)
}

// readSide reads a file, or the standard input if the path is "-".
func readSide(cmd *cobra.Command, path string) *gate.File {
	if path == stdinArg {
		return gate.Read(cmd.InOrStdin(), text.Stdin)
	}
	return gate.ReadFile(path)
}

// acceptNew writes the exact values of the second file into the first.
func (f *gateFlags) acceptNew(cmd *cobra.Command, args []string, th *gate.Thresholds) error {
	if len(args) != 2 || args[0] == stdinArg {
		return errors.New("--accept writes the exact values of NEW into the file OLD; give both")
	}
	// Writing to a pipe would block until a process reads it.
	if info, err := os.Stat(args[0]); err == nil && !info.Mode().IsRegular() {
		return usageErrorf("--accept: %s is not a regular file; name one", args[0])
	}
	err := readSide(cmd, args[1]).Accept(args[0], th)
	if cannotWrite := (*fs.PathError)(nil); errors.As(err, &cannotWrite) {
		return codedError{exitInternal, err}
	}
	if err != nil {
		return codedError{exitUsage, err}
	}
	return nil
}

func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}

// measure builds and runs the benchmarks of both sides. After an interrupt it still removes its temporary files.
func (f *gateFlags) measure(cmd *cobra.Command, args []string, o gate.Options) (*gate.Report, error) {
	if len(args) != 0 {
		return nil, errors.New("--base REF compares the working tree with REF; give no files")
	}
	if f.session.Base == "" {
		return nil, errors.New("--base needs a git ref; write such as --base main")
	}
	if f.session.Notifier = cmd.Flags().Changed("notifier"); f.session.Notifier {
		if cmd.Flags().Changed("package") {
			return nil, errors.New("--notifier has benchmarks of its own; leave out --package")
		}
		if info, err := os.Stat(f.session.Dir); err != nil || !info.IsDir() {
			return nil, fmt.Errorf("--notifier %q: there is no such folder", f.session.Dir)
		}
	}
	ctx, stop := interruptible(cmd)
	defer stop()
	f.session.Options = o
	if !f.quiet {
		f.session.Progress = func(step string) { fmt.Fprintln(cmd.ErrOrStderr(), step) }
	}
	report := f.session.Run(ctx)
	if ctx.Err() != nil {
		return report, interruptedErrorf("notifysim gate: interrupted; nothing was decided")
	}
	return report, nil
}
