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
		Short: "Find the settings of the notifier's queue with which alerts are known in time",
		Long: `Run a test of a scenario file, once for each seed, with other settings of the notifier, one at a time: queue
capacities, batch sizes, resend delays, timeouts, without an Alertmanager that has a fault, and the newest release. The
advice is the setting with the fewest missed alerts, then with the least time for which alerts fire and no Alertmanager
knows it, then for which the worst healthy Alertmanager does not know it, then with the fewest false resolves. Of
settings that are about as good, it is the one that takes the least effort, first of all no change.

The answer begins with the advice. Below are the settings that were tried, and why the queue gets long (burst, slow
Alertmanager, hang, fast refusal, overload). The drop-free capacity comes from runs with unbounded queues: the longest
queue of a run is the smallest capacity with which that run drops nothing, and the largest of 59 runs covers 95 % of all
runs with 95 % confidence.

Without a file, a few flags describe the scenario. --show-scenario shows it before the answer, and --write keeps it.

Ctrl-C interrupts a plan. With --resume FILE the finished runs are saved, and the same command continues after them.

A run of a small scenario takes about half a millisecond on one processor, so 100,000 runs take a minute. A plan uses
all processors of its machine, so --shard saves time only for plans that take longer than starting machines, such as a
large --sweep with many seeds. All shards of a plan, and the merge, must be run by the same build of notifysim.

FILE may be - for the standard input. The value of --html, --write and --out may be - for the standard output; the
answer then goes to standard error.`,
		Example: `  notifysim plan outage.yml
  notifysim plan --alerts 1000 --rules 10 --interval 15s --alertmanagers 3 --latency 50ms --outage 'hang 15m'
  notifysim plan --release v2.53,v3.16 --batch-size 64,256 outage.yml
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
	if f.showScenario && f.answer.output == "text" && f.shard == "" {
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
