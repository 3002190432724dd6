package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"time"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/plan"
)

// planFlags are the flags of notifysim plan.
type planFlags struct {
	pattern     string // a regular expression for the name of the test
	releases    []string
	seeds       string
	percentile  float64 // the share of runs for which the capacity must be enough, in percent
	confidence  float64
	tolerate    string
	batchSizes  []int
	saveMemory  bool
	grace       time.Duration
	sensitivity bool
	sweep       []string

	quick        plan.QuickScenario
	config       string // a prometheus.yml that quick uses
	write        string // the file for the scenario that quick describes
	showScenario bool   // show that scenario before the answer

	shard, out, resume string

	answer answerFlags
}

func (f *planFlags) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.pattern, "run", "", "plan for the test whose name matches this regular expression")
	flags.StringSliceVar(&f.releases, "release", nil,
		"plan for these Prometheus releases instead of those of the file, such as v2.53,v3.16")
	flags.StringVar(&f.seeds, "seeds", "",
		"use these seeds, such as 1-299 (default: as many as --percentile and --confidence need)")
	flags.Float64Var(&f.percentile, "percentile", 95, "the percentage of runs for which the capacity must be enough")
	flags.Float64Var(&f.confidence, "confidence", 0.95, "the confidence of the answer, between 0 and 1")
	flags.StringVar(&f.tolerate, "tolerate-loss", "0%",
		"the share of its alerts that the queue of an Alertmanager may drop, such as 0.1%")
	flags.IntSliceVar(&f.batchSizes, "batch-size", nil,
		"plan for these batch sizes instead of that of the file, such as 64,256")
	flags.BoolVar(&f.saveMemory, "save-memory", false,
		"prefer the smallest capacity that is as good as the current one")
	flags.DurationVar(&f.grace, "grace-period", 30*time.Second,
		"how much time the process has to stop, before it is killed")
	flags.BoolVar(&f.sensitivity, "sensitivity", false,
		"halve and double each input, and show which one changes the answer most")
	flags.StringArrayVar(&f.sweep, "sweep", nil,
		"if given twice, show the answer over two inputs, such as --sweep latency=x0.1..x10/20 --sweep alerts=x1,x2,x4")
	flags.IntVar(&f.quick.Alerts, "alerts", 0, "without a file: how many alerts fire")
	flags.IntVar(&f.quick.Rules, "rules", 1, "without a file: how many rules fire them")
	flags.DurationVar(&f.quick.Interval, "interval", time.Minute, "without a file: the time between evaluations")
	flags.IntVar(&f.quick.Alertmanagers, "alertmanagers", 2, "without a file: how many Alertmanagers there are")
	flags.StringVar(&f.config, "config", "",
		"without a file: use the Alertmanagers, timeouts, relabelling and evaluation interval of this prometheus.yml")
	flags.DurationVar(&f.quick.Latency, "latency", 20*time.Millisecond, "without a file: the median response time")
	flags.StringVar(&f.quick.Outage, "outage", "",
		"without a file: the fault of one Alertmanager (hang, refuse or reset) and how long it lasts, such as 'hang 15m'")
	flags.StringVar(&f.write, "write", "", "without a file: write the scenario to this file")
	flags.BoolVar(&f.showScenario, "show-scenario", false, "without a file: show the scenario before the answer")
	flags.StringVar(&f.shard, "shard", "",
		"make only a share of the runs: 2/7 is the second of seven shards; auto takes the number from the environment "+
			"variables of a batch system. A run takes about 0.5 ms, so shards save time only from some 100,000 runs on")
	flags.StringVar(&f.out, "out", "",
		"with --shard: write the results of the runs to this file, for notifysim merge; - is the standard output")
	flags.StringVar(&f.resume, "resume", "",
		"save finished runs in this file; after an interrupt the same command continues")
	f.answer.flags(cmd)
}

// question makes the question of a plan from the flags and the scenario file. Without a file it also returns the text
// of the scenario that the flags describe.
func (f *planFlags) question(cmd *cobra.Command, args []string) (
	q plan.Question, scenario string, err error,
) {
	q = plan.Question{
		Releases: f.releases, Percentile: f.percentile / 100, Confidence: f.confidence, BatchSizes: f.batchSizes,
		SaveMemory: f.saveMemory, Grace: f.grace, Sensitivity: f.sensitivity,
	}
	if q.Tolerate, err = plan.ParseShare(f.tolerate); err != nil {
		return q, "", fmt.Errorf("--tolerate-loss %w", err)
	}
	n, err := plan.SeedsFor(q.Percentile, q.Confidence)
	if err != nil {
		return q, "", err
	}
	q.Seeds = scenarios.Seeds{From: 1, To: uint64(n)}
	if f.seeds != "" {
		if q.Seeds, err = scenarios.ParseSeeds(f.seeds); err != nil {
			return q, "", fmt.Errorf("--seeds: %w", err)
		}
	}
	for _, s := range f.sweep {
		axis, err := plan.ParseAxis(s)
		if err != nil {
			return q, "", fmt.Errorf("--sweep: %w", err)
		}
		q.Sweep = append(q.Sweep, axis)
	}
	if len(args) > 0 {
		if f.quick.Alerts != 0 || f.config != "" || f.write != "" || f.showScenario {
			return q, "", errors.New("--alerts, --config, --write and --show-scenario are for a plan without a file; leave " +
				"them out, or the file")
		}
		return q, "", f.chooseTest(cmd, &q, args[0])
	}
	if f.quick.Alerts == 0 {
		return q, "", errors.New("plan takes a scenario file, or the number of alerts, such as notifysim plan outage.yml " +
			"or notifysim plan --alerts 1000")
	}
	scenario, err = f.makeScenario(cmd, &q)
	return q, scenario, err
}

// chooseTest reads a scenario file and sets the test of the question to the one that --run selects.
func (f *planFlags) chooseTest(cmd *cobra.Command, q *plan.Question, path string) error {
	pattern, err := regexp.Compile(f.pattern)
	if err != nil {
		return fmt.Errorf("--run %q: %w", f.pattern, err)
	}
	var file *scenarios.File
	if file, q.Sources, err = loadSources(cmd, path); err != nil {
		return err
	}
	q.File = file.Path
	var names []string
	for _, t := range file.Tests {
		if pattern.MatchString(t.Name) {
			names = append(names, fmt.Sprintf("%q", t.Name))
			q.Test = t.Name
		}
	}
	switch {
	case len(names) == 0:
		return fmt.Errorf("--run %q matches no test of %s", f.pattern, path)
	case len(names) > 1:
		return fmt.Errorf("a plan is for one test, but %s has %s; choose with --run", path, text.List(names, 8))
	}
	return nil
}

// makeScenario makes a scenario from the flags, sets it in the question and returns its text.
func (f *planFlags) makeScenario(cmd *cobra.Command, q *plan.Question) (string, error) {
	q.File = "plan.yml"
	if f.write != "" && f.write != stdoutArg {
		q.File = f.write
	}
	q.Sources = scenarios.Sources{}
	if f.config != "" {
		if err := f.useConfig(cmd, q); err != nil {
			return "", err
		}
	}
	text, err := f.quick.Scenario()
	if err != nil {
		return "", err
	}
	q.Sources[q.File] = text
	q.Test = "short"
	return text, nil
}

// useConfig takes from the prometheus.yml that --config names what the flags do not say.
func (f *planFlags) useConfig(cmd *cobra.Command, q *plan.Question) error {
	if cmd.Flags().Changed("alertmanagers") {
		return errors.New("--alertmanagers is for a plan without a configuration; leave it out, or --config")
	}
	config := f.config
	if !filepath.IsAbs(config) {
		folder, err := filepath.Abs(filepath.Dir(q.File))
		if err == nil {
			config, err = filepath.Abs(config)
		}
		if err == nil {
			config, err = filepath.Rel(folder, config)
		}
		if err != nil {
			return fmt.Errorf("--config %s: %w", f.config, err)
		}
	}
	var err error
	text := fmt.Appendf(nil, "config_file: %q\ntests: [{name: short}]\n", config)
	var file *scenarios.File
	file, q.Sources, err = scenarios.ParseSources(q.File, text)
	if err != nil {
		return err
	}
	f.quick.Config, f.quick.Targets = config, file.Tests[0].Addresses
	if len(f.quick.Targets) == 0 {
		return fmt.Errorf("--config %s: it names no Alertmanager under static_configs; write a scenario file whose "+
			"target_groups say which ones service discovery finds", f.config)
	}
	if !cmd.Flags().Changed("interval") {
		f.quick.Interval = file.EvaluationInterval
	}
	return nil
}
