package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/plan"
)

// A planRequest is the command line of a plan.
type planRequest struct {
	run         string
	releases    []string
	seeds       string
	percentile  float64
	confidence  float64
	tolerate    string
	batchSizes  []int
	grace       time.Duration
	sensitivity bool
	sweep       []string

	short plan.Short
	save  string
	// scenario is the text of the one that was made.
	scenario string

	shard  string
	out    string
	resume string

	report
}

func planCommand() *cobra.Command {
	var req planRequest
	cmd := &cobra.Command{
		Use:   "plan [FILE]",
		Short: "Say how long the notifier's queue must be, why, and where more is useless",
		Long: `Run a test of a scenario file without a capacity, once for each seed, and say which capacity it takes: the longest
queue of a run is the smallest capacity with which that run drops nothing, and the largest of 59 runs covers 95 % of
all runs with 95 % confidence.

The answer is the flag to set, the regime that it comes from (burst, slow Alertmanager, hang, fast refusal, overload),
the capacity above which more is useless, the time it takes to stop, the memory, and what is lost all the same.

Without a file, a few numbers make a scenario: it is shown before the answer, and --write keeps it.

Ctrl-C ends a plan; with --resume FILE what is done is kept, and the same command goes on there.`,
		Example: `  notifysim plan outage.yml
  notifysim plan --alerts 1000 --rules 10 --interval 15s --alertmanagers 3 --latency 50ms --outage 'hang 15m'
  notifysim plan --release v2.53,v3.15 --batch-size 64,256 outage.yml
  notifysim plan --percentile 99 --tolerate-loss 0.1% outage.yml`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return req.plan(cmd, args) },
	}
	f := cmd.Flags()
	f.StringVar(&req.run, "run", "", "the test whose name matches this regular expression")
	f.StringSliceVar(&req.releases, "release", nil, "plan for these Prometheus releases instead of the file's, such as v2.53,v3.15")
	f.StringVar(&req.seeds, "seeds", "", "these seeds, such as 1-299 (default: as many as percentile and confidence take)")
	f.Float64Var(&req.percentile, "percentile", 95, "the share of runs, in percent, in which the capacity is to suffice")
	f.Float64Var(&req.confidence, "confidence", 0.95, "how sure that is to be")
	f.StringVar(&req.tolerate, "tolerate-loss", "0%", "the share of its alerts that an Alertmanager's queue may drop, such as 0.1%")
	f.IntSliceVar(&req.batchSizes, "batch-size", nil, "plan for these batch sizes instead of the file's, such as 64,256")
	f.DurationVar(&req.grace, "grace-period", 30*time.Second, "how long the process has to stop")
	f.BoolVar(&req.sensitivity, "sensitivity", false, "show which input moves the answer most")
	f.StringArrayVar(&req.sweep, "sweep", nil, "twice: the answer over two inputs, such as --sweep latency=x0.1..x10/20 --sweep alerts=x1,x2,x4")
	f.IntVar(&req.short.Alerts, "alerts", 0, "without a file: how many alerts fire")
	f.IntVar(&req.short.Rules, "rules", 1, "without a file: of how many rules")
	f.DurationVar(&req.short.Interval, "interval", time.Minute, "without a file: the time between evaluations")
	f.IntVar(&req.short.Alertmanagers, "alertmanagers", 2, "without a file: how many Alertmanagers there are")
	f.DurationVar(&req.short.Latency, "latency", 20*time.Millisecond, "without a file: the median time of an answer")
	f.StringVar(&req.short.Outage, "outage", "", "without a file: what one Alertmanager does, and for how long, such as 'hang 15m'; hang, refuse or reset")
	f.StringVar(&req.save, "write", "", "without a file: keep the scenario in this one")
	f.StringVar(&req.shard, "shard", "", "make only these runs, such as 2/7, the second of seven parts; auto reads the variables of a batch system")
	f.StringVar(&req.out, "out", "", "with --shard: the file that its runs are written to, for notifysim merge")
	f.StringVar(&req.resume, "resume", "", "keep runs in this file as they end; a plan that was interrupted goes on there")
	req.report.flags(cmd)
	return cmd
}

// plan answers.
func (req *planRequest) plan(cmd *cobra.Command, args []string) error {
	if err := checkOutput(req.output); err != nil {
		return err
	}
	q, err := req.question(args)
	if err != nil {
		return err
	}
	if req.scenario != "" && req.output == "text" && req.shard == "" {
		fmt.Fprintf(cmd.OutOrStdout(), "%s\n", req.scenario)
	}
	study, err := plan.NewStudy(q)
	if err == nil {
		err = study.Enough()
	}
	if err != nil {
		return codedError{exitUsage, err}
	}
	if req.shard != "" || req.out != "" {
		return req.runShard(cmd, study)
	}
	records, err := req.runStudy(cmd, study, plan.Whole, req.resume)
	if err != nil {
		return err
	}
	return req.write(cmd, study, records)
}

// question reads the command line and the scenario.
func (req *planRequest) question(args []string) (plan.Question, error) {
	q := plan.Question{
		Releases: req.releases, Percentile: req.percentile / 100, Confidence: req.confidence, BatchSizes: req.batchSizes,
		Grace: req.grace, Sensitivity: req.sensitivity,
	}
	wrong := func(err error) (plan.Question, error) { return q, codedError{exitUsage, err} }
	var err error
	if q.Tolerate, err = plan.ParseShare(req.tolerate); err != nil {
		return wrong(fmt.Errorf("--tolerate-loss %w", err))
	}
	n, err := plan.SeedsFor(q.Percentile, q.Confidence)
	if err != nil {
		return wrong(err)
	}
	q.Seeds = scenarios.Seeds{From: 1, To: uint64(n)}
	if req.seeds != "" {
		if q.Seeds, err = scenarios.ParseSeeds(req.seeds); err != nil {
			return wrong(fmt.Errorf("--seeds: %w", err))
		}
	}
	for _, s := range req.sweep {
		axis, err := plan.ParseAxis(s)
		if err != nil {
			return wrong(fmt.Errorf("--sweep: %w", err))
		}
		q.Sweep = append(q.Sweep, axis)
	}
	if len(args) > 0 {
		if req.short.Alerts != 0 || req.save != "" {
			return wrong(errors.New("--alerts and --write are for a plan without a file; leave them out, or the file"))
		}
		return q, req.choose(&q, args[0])
	}
	if req.short.Alerts == 0 {
		return wrong(errors.New("plan takes a scenario file, or the number of alerts; write such as notifysim plan outage.yml or notifysim plan --alerts 1000"))
	}
	return q, req.make(&q)
}
