package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/compare"
	"github.com/notifysim/notifysim/sim/ledger"
)

func compareCommand() *cobra.Command {
	var sel selection
	var output, fork string
	var fail bool
	cmd := &cobra.Command{
		Use:   "compare FILE",
		Short: "Show what becomes of a scenario under several releases, side by side",
		Long: `Run every test of a scenario file under several releases of Prometheus and show the outcomes side by side:
what differs is marked, and the first event at which a release parts from the one before it is told.

With --engine prometheus the notifiers are the real, unmodified ones; those of other releases than the newest are
compiled when they are first needed, which takes the Go toolchain and a minute or two each. With --notifier DIR the
notifier of a checkout of Prometheus is one more column, beside the last of the releases.`,
		Example: `  notifysim compare --release v2.53,v3.9,v3.15 peer_hangs.yml
  notifysim compare --release v2.53.3,v3.9 --engine prometheus peer_hangs.yml
  notifysim compare --release v3.15 --notifier ../prometheus --fail peer_hangs.yml`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("compare takes one file; write such as notifysim compare --release v2.53,v3.15 peer_hangs.yml")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			show, ok := map[string]func(io.Writer, *comparison) error{
				"text": writeComparison, "markdown": writeComparisonMarkdown, "json": writeComparisonJSON,
			}[output]
			if !ok {
				return fmt.Errorf("--output %q: write text, markdown or json", output)
			}
			jobs, err := sel.jobs(args)
			if err != nil {
				return err
			}
			if err := compile(&sel.children, fork); err != nil {
				return err
			}
			differ := false
			for _, c := range comparisons(jobs, fork) {
				if len(c.columns) < 2 {
					return codedError{exitUsage, fmt.Errorf("%q has one run only; name two or more releases that it is for, such as --release v2.53,v3.15", c.Test)}
				}
				if err := c.run(); err != nil {
					return err
				}
				differ = differ || c.differs()
				if err := show(cmd.OutOrStdout(), c); err != nil {
					return err
				}
			}
			if fail && differ {
				return errFailed
			}
			return nil
		},
	}
	sel.flags(cmd)
	sel.complete(cmd, 1)
	cmd.Flags().StringVar(&output, "output", "text", "text or markdown for people, or json: one record a test, a line each")
	cmd.Flags().StringVar(&fork, "notifier", "", "a folder with a checkout of Prometheus, whose notifier is compared with the last release's")
	cmd.Flags().BoolVar(&fail, "fail", false, "exit with 1 if anything differs")
	return cmd
}

// A comparison is one test and seed under several releases.
type comparison struct {
	File string
	Test string
	Seed uint64

	columns []*column
}

// A column is one run of a comparison.
type column struct {
	job
	label    string
	notifier string // the folder of a fork
	res      *sim.Result
	seen     *compare.Observation
	parts    *compare.Difference // from the column before
}

// comparisons puts runs of the same test and seed together.
func comparisons(jobs []job, fork string) []*comparison {
	var list []*comparison
	for _, j := range jobs {
		i := slices.IndexFunc(list, func(c *comparison) bool { return c.columns[0].test == j.test && c.Seed == j.seed })
		if i < 0 {
			i = len(list)
			list = append(list, &comparison{File: j.file.Path, Test: j.test.Name, Seed: j.seed})
		}
		list[i].columns = append(list[i].columns, &column{job: j, label: j.release.Name})
	}
	for _, c := range list {
		if fork != "" {
			j := c.columns[len(c.columns)-1].job
			j.engine = sim.EnginePrometheus
			c.columns = append(c.columns, &column{job: j, label: filepath.Base(fork), notifier: fork})
		}
	}
	return list
}

// run runs what is compared.
func (c *comparison) run() error {
	for i, col := range c.columns {
		var err error
		col.res, col.seen, err = compare.Observe(col.engine, col.file, col.test, col.release, col.seed, sim.Options{Notifier: col.notifier, Children: col.children})
		if err != nil {
			return codedError{exitHarness, fmt.Errorf("notifysim: %w", err)}
		}
		if i > 0 {
			col.parts = compare.Differ(c.columns[i-1].seen, col.seen)
		}
	}
	return nil
}

func (c *comparison) differs() bool {
	return slices.ContainsFunc(c.columns, func(col *column) bool { return col.parts != nil })
}

// A figure is one line of a comparison: what is counted, and what it comes to in each column.
type figure struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
	Differ bool     `json:"differ"`
}

// figures are the lines of a comparison; one that is 0 everywhere is left out.
func (c *comparison) figures() []figure {
	var list []figure
	add := func(name string, value func(*column) string) {
		f := figure{Name: name}
		for _, col := range c.columns {
			f.Values = append(f.Values, value(col))
		}
		same := slices.Compact(slices.Clone(f.Values))
		if f.Differ = len(same) > 1; f.Differ || same[0] != "0" {
			list = append(list, f)
		}
	}
	count := func(name string, value func(ledger.Ledger) int64) {
		add(name, func(col *column) string { return fmt.Sprint(value(col.res.Ledger)) })
	}
	add("verdict", func(col *column) string {
		switch {
		case crossedOnly(col.res):
			return "CROSSED"
		case !col.res.Pass:
			return "FAIL"
		case col.checks() == 0:
			return "-"
		case len(col.res.Known) > 0:
			return "known"
		}
		return "pass"
	})
	count("alerts offered", func(l ledger.Ledger) int64 { return l.Offered })
	count("delivered", func(l ledger.Ledger) int64 { return l.Delivered })
	count("lost", func(l ledger.Ledger) int64 { return l.Lost })
	count("waiting at the end", func(l ledger.Ledger) int64 { return l.Pending })
	count("calls of Send that waited", func(l ledger.Ledger) int64 { return l.Blocked })
	for _, address := range c.addresses() {
		account := func(name string, value func(ledger.Account) int64) {
			count(address+" "+name, func(l ledger.Ledger) int64 { return value(l.Alertmanagers[address]) })
		}
		account("requests", func(a ledger.Account) int64 { return a.Requests })
		account("delivered", func(a ledger.Account) int64 { return a.Delivered })
		for why := range len(ledger.Dropped{}) {
			account("dropped, "+core.Reason(why).String(), func(a ledger.Account) int64 { return a.Dropped[why] })
		}
		account("waiting", func(a ledger.Account) int64 { return a.Queued + a.InFlight })
		account("unique", func(a ledger.Account) int64 { return a.Unique })
		account("duplicates", func(a ledger.Account) int64 { return a.Duplicates })
		account("late", func(a ledger.Account) int64 { return a.Late })
		account("false resolves", func(a ledger.Account) int64 { return a.FalseResolves })
		account("refires", func(a ledger.Account) int64 { return a.Refires })
		account("resurrections", func(a ledger.Account) int64 { return a.Resurrections })
	}
	for _, name := range []string{"sent_total", "errors_total", "dropped_total"} {
		add("metric "+name, func(col *column) string { return fmt.Sprint(col.metric("prometheus_notifications_" + name)) })
	}
	return list
}

// addresses are those of all Alertmanagers.
func (c *comparison) addresses() []string {
	all := map[string]bool{}
	for _, col := range c.columns {
		for address := range col.res.Ledger.Alertmanagers {
			all[address] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// metric sums a metric over its labels, at the last scrape.
func (c *column) metric(name string) float64 {
	if len(c.seen.Samples) == 0 {
		return 0
	}
	last := slices.Max(slices.Collect(maps.Keys(c.seen.Samples)))
	sum := 0.0
	for _, s := range c.seen.Samples[last] {
		if s.Name == name {
			sum += s.Value
		}
	}
	return sum
}

// A parting is where a column parts from the one before.
type parting struct {
	From   string   `json:"from"`
	Of     string   `json:"of"`
	What   string   `json:"what"`
	At     int64    `json:"at_ns"`
	Before []string `json:"before,omitempty"`
	First  []string `json:"first,omitempty"`
	Other  []string `json:"other,omitempty"`
}

// partings tell where columns part from those before them.
func (c *comparison) partings() []parting {
	var list []parting
	for i, col := range c.columns[1:] {
		if d := col.parts; d != nil {
			list = append(list, parting{c.columns[i].label, col.label, d.What, int64(d.At), events(d.Before), events(d.Left), events(d.Right)})
		}
	}
	return list
}

// events leaves the numbers out of events that have none.
func events(lines []string) []string {
	var list []string
	for _, line := range lines {
		list = append(list, strings.TrimRight(strings.Replace(line, " #0 ", " ", 1), " "))
	}
	return list
}

func (p *parting) title() string {
	at := ""
	if p.What != "ledger" {
		at = fmt.Sprintf(" at %v", time.Duration(p.At).Round(time.Microsecond))
	}
	return fmt.Sprintf("%s parts from %s%s, in the %s", p.Of, p.From, at, p.What)
}

func writeComparisonJSON(w io.Writer, c *comparison) error {
	type run struct {
		Release  string        `json:"release"`
		Engine   string        `json:"engine"`
		Notifier string        `json:"notifier,omitempty"`
		Pass     bool          `json:"pass"`
		Known    []failure     `json:"known"`
		Ledger   ledger.Ledger `json:"ledger"`
	}
	doc := struct {
		File     string    `json:"file"`
		Test     string    `json:"test"`
		Seed     uint64    `json:"seed"`
		Runs     []run     `json:"runs"`
		Figures  []figure  `json:"figures"`
		Partings []parting `json:"partings"`
	}{c.File, c.Test, c.Seed, nil, c.figures(), append([]parting{}, c.partings()...)}
	for _, col := range c.columns {
		doc.Runs = append(doc.Runs, run{col.release.Name, string(col.engine), col.notifier, col.res.Pass, failuresOf(col.res.Known), col.res.Ledger})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(doc)
}
