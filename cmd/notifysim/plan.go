package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/sim/plan"
)

func planCommand() *cobra.Command {
	var f planFlags
	cmd := &cobra.Command{
		Use:   "plan [FILE]",
		Short: "Find the capacity to set for the notifier's queue",
		Long: `Run a test of a scenario file with queues of unlimited capacity, once for each seed, and find the capacity that
the queues need. The greatest length that a queue reaches in a run is the smallest capacity with which that run drops
nothing. The greatest length in 59 runs is enough for 95 % of all runs, with 95 % confidence.

The answer is the flag to set, the reason why the queue grows (burst, slow Alertmanager, hang, fast refusal, overload),
the capacity above which alerts wait so long that they expire, the time that a shutdown takes, the memory, and how many
alerts are lost even with that capacity.

Instead of a file, a few flags can describe the scenario. The plan prints the scenario before the answer, and --write
saves it.

Ctrl-C interrupts a plan. With --resume FILE the finished runs are saved, and the same command continues after them.

A run of a small scenario takes about half a millisecond on one processor, so 100,000 runs take a minute. A plan uses
all processors of its machine, so --shard saves time only for plans that take longer than starting machines, such as a
large --sweep with many seeds. All shards of a plan, and the merge, must be run by the same build of notifysim.

FILE may be - for the standard input. The value of --html, --write and --out may be - for the standard output; the
answer then goes to standard error.`,
		Example: `  notifysim plan outage.yml
  notifysim plan --alerts 1000 --rules 10 --interval 15s --alertmanagers 3 --latency 50ms --outage 'hang 15m'
  notifysim plan --release v2.53,v3.15 --batch-size 64,256 outage.yml
  notifysim plan --percentile 99 --tolerate-loss 0.1% outage.yml
  notifysim plan --fail-if-too-small outage.yml`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runPlan(cmd, args, &f) },
	}
	f.flags(cmd)
	return cmd
}

func runPlan(cmd *cobra.Command, args []string, f *planFlags) error {
	if err := checkOutput(f.answer.output, "text", "json"); err != nil {
		return err
	}
	to := outputs{cmd: cmd}
	if err := f.answer.open(&to); err != nil {
		return err
	}
	scenarioTo, err := to.open("--write", f.write)
	if err != nil {
		return err
	}
	shardTo, err := to.open("--out", f.out)
	if err != nil {
		return err
	}
	q, scenario, err := f.question(cmd, args)
	if err != nil {
		return codedError{exitUsage, err}
	}
	if scenarioTo != nil {
		write := func(w io.Writer) error { _, err := io.WriteString(w, scenario); return err }
		if err := scenarioTo.write(write); err != nil {
			return err
		}
	}
	if scenario != "" && f.answer.output == "text" && f.shard == "" {
		fmt.Fprintf(to.report(), "%s\n", scenario)
	}
	study, err := plan.NewStudy(q)
	if err == nil {
		err = study.CheckSeeds()
	}
	if err != nil {
		return codedError{exitUsage, err}
	}
	if f.shard != "" || f.out != "" {
		return runShard(cmd, study, f, shardTo)
	}
	records, err := runStudy(cmd, study, plan.Whole, f.answer.workers, f.resume)
	if err != nil {
		return err
	}
	return f.answer.write(to.report(), cmd.ErrOrStderr(), study, records)
}
