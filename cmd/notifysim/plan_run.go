package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/sim/plan"
)

// runStudy makes the runs of a shard and returns their records. With a journal, those in it are not made again.
func (req *planRequest) runStudy(cmd *cobra.Command, study *plan.Study, shard plan.Shard, journal string) ([]plan.Record, error) {
	ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	var records []plan.Record
	keep := func(plan.Record) error { return nil }
	if journal != "" {
		j, err := study.OpenJournal(journal, shard)
		if err != nil {
			return nil, codedError{exitUsage, err}
		}
		defer j.Close()
		records = j.Done
		keep = func(r plan.Record) error {
			if err := j.Add(r); err != nil {
				return fmt.Errorf("%w; the runs before are kept: make room, and write the same to go on", err)
			}
			return nil
		}
	}
	cells := study.Rest(shard, records)
	errs := cmd.ErrOrStderr()
	watch := progress{w: errs, total: len(cells), begun: time.Now(), shown: time.Now(), on: isTerminal(errs)}
	err := study.Run(ctx, cells, req.workers, func(r plan.Record) error {
		watch.step()
		records = append(records, r)
		return keep(r)
	})
	watch.clear()
	switch {
	case err == nil:
		return records, nil
	case ctx.Err() == nil:
		return nil, codedError{exitHarness, fmt.Errorf("notifysim: %w", err)}
	case journal == "":
		if journal = "plan-" + study.Hash()[:8] + ".part"; len(records) == 0 {
			break
		}
		if err := keepAll(study, shard, journal, records); err != nil {
			return nil, codedError{exitHarness, fmt.Errorf("interrupted, and nothing is kept: %w", err)}
		}
	}
	return nil, codedError{exitHarness, fmt.Errorf("interrupted after %d of %d runs; to go on write the same with --resume %s",
		len(records), len(study.ShardCells(shard)), journal)}
}

// keepAll writes the records of a plan without a journal that is interrupted into one.
func keepAll(study *plan.Study, shard plan.Shard, path string, records []plan.Record) error {
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

// runShard makes the runs of a shard and writes its file. One that is there already is left alone.
func (req *planRequest) runShard(cmd *cobra.Command, study *plan.Study) error {
	switch {
	case req.out == "" || req.shard == "":
		return codedError{exitUsage, errors.New("--shard and --out belong together; write such as --shard 2/7 --out 2-of-7.shard")}
	case req.resume != "":
		return codedError{exitUsage, errors.New("a shard keeps its runs beside --out by itself; leave out --resume")}
	}
	shard, err := plan.ParseShard(req.shard, os.LookupEnv)
	if err != nil {
		return codedError{exitUsage, err}
	}
	part := req.out + ".part"
	if _, err := os.Stat(req.out); err == nil {
		if err := study.IsShard(req.out, shard); err != nil {
			return codedError{exitUsage, err}
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "%s is there, with all %d runs of shard %v\n", req.out, len(study.ShardCells(shard)), shard)
		return nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return codedError{exitHarness, err}
	}
	records, err := req.runStudy(cmd, study, shard, part)
	if err != nil {
		return err
	}
	if err := study.WriteShard(req.out, shard, records); err != nil {
		return codedError{exitHarness, fmt.Errorf("notifysim: writing the shard: %w", err)}
	}
	if err := os.Remove(part); err != nil {
		return codedError{exitHarness, err}
	}
	fmt.Fprintf(cmd.ErrOrStderr(), "%s: %d of %d runs, shard %v\n", req.out, len(records), study.Cells(), shard)
	return nil
}
