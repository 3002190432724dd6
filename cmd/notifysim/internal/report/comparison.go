package report

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/compare"
	"github.com/notifysim/notifysim/sim/ledger"
)

// A Comparison has the runs of one test and seed under several releases, to be shown side by side.
type Comparison struct {
	File, Test string
	Seed       uint64
	Columns    []*Column // at least two
}

// A Column is one run of a comparison.
type Column struct {
	Run
	Result      *sim.Result
	Observation *compare.Observation
	Difference  *compare.Difference // the first difference from the column before; nil if there is none
}

// label returns the header of the column: the release, or the name of the folder of a checkout.
func (c *Column) label() string {
	if c.Notifier != "" {
		return filepath.Base(c.Notifier)
	}
	return c.Release.Name
}

// Differs reports whether a column differs from the one before it.
func (c *Comparison) Differs() bool {
	return slices.ContainsFunc(c.Columns, func(col *Column) bool { return col.Difference != nil })
}

// A figure is one row of a comparison: a name, and its value in each column.
type figure struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
	Differ bool     `json:"differ"`
}

// figures returns the rows of a comparison. It leaves out rows that are 0 in every column.
func (c *Comparison) figures() []figure {
	var list []figure
	add := func(name string, value func(*Column) string) {
		f := figure{Name: name}
		for _, col := range c.Columns {
			f.Values = append(f.Values, value(col))
		}
		distinct := slices.Compact(slices.Clone(f.Values))
		if f.Differ = len(distinct) > 1; f.Differ || distinct[0] != "0" {
			list = append(list, f)
		}
	}
	count := func(name string, value func(ledger.Ledger) int64) {
		add(name, func(col *Column) string { return fmt.Sprint(value(col.Result.Ledger)) })
	}
	add("verdict", (*Column).verdict)
	count("copies offered", func(l ledger.Ledger) int64 { return l.Offered })
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
		for _, reason := range core.Reasons() {
			account("dropped, "+reason.String(), func(a ledger.Account) int64 { return a.Dropped.Of(reason) })
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
		add("metric "+name, func(col *Column) string {
			return fmt.Sprint(col.metric("prometheus_notifications_" + name))
		})
	}
	return list
}

func (c *Column) verdict() string {
	switch {
	case CrossedOnly(c.Result):
		return "CROSSED"
	case !c.Result.Pass:
		return "FAIL"
	case c.Checks() == 0:
		return "-"
	case len(c.Result.Known) > 0:
		return "known"
	}
	return "pass"
}

// addresses returns the addresses of the Alertmanagers of all columns, sorted.
func (c *Comparison) addresses() []string {
	all := map[string]bool{}
	for _, col := range c.Columns {
		for address := range col.Result.Ledger.Alertmanagers {
			all[address] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// metric returns the sum of all series of a metric at the last scrape.
func (c *Column) metric(name string) float64 {
	if len(c.Observation.Samples) == 0 {
		return 0
	}
	last := slices.Max(slices.Collect(maps.Keys(c.Observation.Samples)))
	sum := 0.0
	for _, s := range c.Observation.Samples[last] {
		if s.Name == name {
			sum += s.Value
		}
	}
	return sum
}

// A divergence is the first difference of a column from the column before.
type divergence struct {
	From   string   `json:"from"` // label of the column before
	Of     string   `json:"of"`   // label of the column
	What   string   `json:"what"`
	At     int64    `json:"at_ns"`
	Before []string `json:"before,omitempty"` // the last events that both columns have
	First  []string `json:"first,omitempty"`  // the next events of From
	Other  []string `json:"other,omitempty"`  // the next events of Of
}

func (c *Comparison) divergences() []divergence {
	var list []divergence
	for i, col := range c.Columns[1:] {
		if d := col.Difference; d != nil {
			list = append(list, divergence{
				c.Columns[i].label(), col.label(), d.What, int64(d.At),
				unnumbered(d.Before), unnumbered(d.Left), unnumbered(d.Right),
			})
		}
	}
	return list
}

// unnumbered removes #0 from events: an event that has no number is written with it.
func unnumbered(events []string) []string {
	var list []string
	for _, e := range events {
		list = append(list, strings.TrimRight(strings.Replace(e, " #0 ", " ", 1), " "))
	}
	return list
}

func (d *divergence) title() string {
	at := ""
	if d.What != "ledger" {
		at = fmt.Sprintf(" at %v", time.Duration(d.At).Round(time.Microsecond))
	}
	return fmt.Sprintf("%s first differs from %s%s, in the %s", d.Of, d.From, at, d.What)
}
