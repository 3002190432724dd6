package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/cmd/notifysim/internal/report"
	"github.com/notifysim/notifysim/sim/plan"
)

// runStudy makes the runs of a shard and returns their records. journal is the path of a file with finished runs, which
// are not made again; "" means none.
func runStudy(
	cmd *cobra.Command, study *plan.Study, shard plan.Shard, workers int, journal string,
) ([]plan.Record, error) {
	ctx, stop := interruptible(cmd)
	defer stop()
	var records []plan.Record
	keep := func(plan.Record) error { return nil }
	if journal != "" {
		if err := identify(study); err != nil {
			return nil, err
		}
		j, err := study.OpenJournal(journal, shard)
		if err != nil {
			return nil, codedError{exitUsage, err}
		}
		defer j.Close()
		records = j.Done
		keep = func(r plan.Record) error {
			if err := j.Add(r); err != nil {
				return fmt.Errorf("%w; the finished runs are saved: free some space, and run the same command to continue", err)
			}
			return nil
		}
	}
	runs := study.RemainingRuns(shard, records)
	progress := report.NewProgress(cmd.ErrOrStderr(), len(runs), true)
	study.Progress = progress.Reached
	err := study.Run(ctx, runs, workers, func(r plan.Record) error {
		progress.Step()
		records = append(records, r)
		return keep(r)
	})
	progress.Clear()
	switch {
	case err == nil:
		return records, nil
	case ctx.Err() == nil:
		return nil, internalErrorf("notifysim: %w", err)
	case journal == "":
		if journal = "plan-" + study.Hash()[:8] + ".part"; len(records) == 0 {
			break
		}
		if err := saveJournal(study, shard, journal, records); err != nil {
			return nil, internalErrorf("interrupted; the finished runs could not be saved: %w", err)
		}
	}
	return nil, interruptedErrorf("interrupted after %d of %d runs; to continue, run the same command with --resume %s",
		len(records), len(study.ShardRuns(shard)), journal)
}

// identify sets the build of a study to that of this program, which records name when they are saved.
func identify(study *plan.Study) (err error) {
	if study.Build, err = buildIdentity(); err != nil {
		return internalErrorf("notifysim: computing the identity of this program: %w", err)
	}
	return nil
}

// saveJournal writes the records of an interrupted plan to a journal.
func saveJournal(study *plan.Study, shard plan.Shard, path string, records []plan.Record) error {
	if err := identify(study); err != nil {
		return err
	}
	j, err := study.OpenJournal(path, shard)
	if err != nil {
		return err
	}
	defer j.Close()
	for _, c := range records {
		if err := j.Add(c); err != nil {
			return err
		}
	}
	return nil
}

// runShard makes the runs of a shard and writes the shard to out. If the file already contains that shard, runShard
// does nothing.
func runShard(cmd *cobra.Command, study *plan.Study, f *planFlags, out *output) error {
	switch {
	case out == nil || f.shard == "":
		return usageErrorf("--shard and --out belong together; write such as --shard 2/7 --out 2-of-7.shard")
	case f.resume != "" && !out.isStream():
		return usageErrorf("with --shard, finished runs are saved in %s.part; leave out --resume", f.out)
	}
	shard, err := plan.ParseShard(f.shard, os.LookupEnv)
	if err != nil {
		return codedError{exitUsage, err}
	}
	if err := identify(study); err != nil {
		return err
	}
	journal := f.resume
	if !out.isStream() {
		if _, err := os.Stat(f.out); err == nil {
			if err := study.IsShard(f.out, shard); err != nil {
				return codedError{exitUsage, err}
			}
			runs := len(study.ShardRuns(shard))
			fmt.Fprintf(cmd.ErrOrStderr(), "%s already has all %d runs of shard %v\n", f.out, runs, shard)
			return nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return codedError{exitInternal, err}
		}
		journal = f.out + ".part"
	}
	records, err := runStudy(cmd, study, shard, f.answer.workers, journal)
	if err != nil {
		return err
	}
	if err := out.write(func(w io.Writer) error { return study.WriteShard(w, shard, records) }); err != nil {
		return err
	}
	if !out.isStream() {
		if err := os.Remove(journal); err != nil {
			return codedError{exitInternal, err}
		}
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s: %d of %d runs, shard %v\n", f.out, len(records), study.Runs(), shard)
	return nil
}
