// Package compare runs a test on two engines or releases and finds the first event, account or metric in which they
// differ.
//
// Runs with the same events have no difference, even if their engines report the events of one instant in different
// orders, because traces are compared in a canonical order.
//
// The package does not decide which side is right.
package compare

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/ledger"
)

// An Observation is the part of a run's output that must not depend on the engine: the canonical trace, the ledger, the
// account of alerts, the delays, and the notifier's metrics at every scrape and at the end.
type Observation struct {
	Trace    []trace.Event
	Ledger   ledger.Ledger
	Accounts ledger.AlertAccounts
	Delivery map[string]*ledger.Delays
	// Samples are the metrics at each scrape: those of the first replica, then those of the next, and so on.
	Samples map[time.Duration][]sim.Sample
	// Orders has the random orders that the engine observed.
	Orders *sim.SetOrders
	// Bodies are the bodies of the requests with their times and URLs, in any order. The engine model has none.
	Bodies []string
}

// Observe runs a test on an engine with Options.Phases, and returns the result and the observation.
func Observe(
	e sim.Engine, f *scenarios.File, t *scenarios.Test, rel *core.Release, seed uint64, with sim.Options,
) (*sim.Result, *Observation, error) {
	o := &Observation{Samples: map[time.Duration][]sim.Sample{}, Orders: &sim.SetOrders{}}
	var events []trace.Event
	with.Engine, with.Phases = e, true
	also := with.Events
	with.Events = func(e *trace.Event) {
		events = append(events, *e)
		if also != nil {
			also(e)
		}
	}
	scrapes := make([]map[time.Duration][]sim.Sample, max(1, t.Replicas))
	for i := range scrapes {
		scrapes[i] = map[time.Duration][]sim.Sample{}
	}
	with.Scrapes = func(at time.Duration, replica int, samples []sim.Sample) { scrapes[replica-1][at] = samples }
	with.Bodies = func(at time.Duration, url string, body []byte) {
		o.Bodies = append(o.Bodies, fmt.Sprintf("%020d %s %s", at, url, body))
	}
	with.Drawn = o.Orders
	res, err := sim.Run(f, t, rel, seed, with)
	if err != nil {
		return nil, nil, err
	}
	o.Trace, o.Ledger, o.Accounts, o.Delivery = trace.Canonical(events), res.Ledger, res.Accounts, res.Delivery
	for _, of := range scrapes {
		for at, samples := range of {
			o.Samples[at] = append(o.Samples[at], samples...)
		}
	}
	return res, o, nil
}

// A Difference is the first difference between two runs.
type Difference struct {
	// What is what differs: "trace", "ledger", "delivery", "metrics" or "body". At is the time of the difference, if it
	// has one.
	What string
	At   time.Duration
	// Before holds the last lines that both runs share before the first difference; Left and Right hold the lines that
	// follow in each run.
	Before, Left, Right []string
}

// Differ returns the first difference between two observations, or nil if there is none.
func Differ(left, right *Observation) *Difference {
	for i := range max(len(left.Trace), len(right.Trace)) {
		if i < len(left.Trace) && i < len(right.Trace) && reflect.DeepEqual(left.Trace[i], right.Trace[i]) {
			continue
		}
		d := &Difference{What: "trace"}
		for _, e := range left.Trace[max(0, i-3):min(i, len(left.Trace))] {
			d.Before = append(d.Before, e.String())
		}
		d.Left, d.Right = eventLines(left.Trace, i), eventLines(right.Trace, i)
		if i < len(left.Trace) {
			d.At = left.Trace[i].At
		}
		if i < len(right.Trace) && (i >= len(left.Trace) || right.Trace[i].At < d.At) {
			d.At = right.Trace[i].At
		}
		return d
	}
	if !reflect.DeepEqual(left.Ledger, right.Ledger) {
		return &Difference{What: "ledger", Left: ledgerLines(left.Ledger), Right: ledgerLines(right.Ledger)}
	}
	if a, b := accountLines(left.Accounts), accountLines(right.Accounts); !slices.Equal(a, b) {
		return &Difference{What: "account of alerts", Left: a, Right: b}
	}
	if a, b := deliveryLines(left.Delivery), deliveryLines(right.Delivery); !slices.Equal(a, b) {
		return &Difference{What: "delivery", Left: a, Right: b}
	}
	if d := left.differInMetrics(right); d != nil {
		return d
	}
	return left.differInBodies(right)
}

// differInBodies compares the bodies, if both engines encode requests.
func (o *Observation) differInBodies(other *Observation) *Difference {
	if len(o.Bodies) == 0 || len(other.Bodies) == 0 {
		return nil
	}
	a, b := slices.Sorted(slices.Values(o.Bodies)), slices.Sorted(slices.Values(other.Bodies))
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			return &Difference{What: "body", Left: a[min(i, len(a)):min(i+1, len(a))], Right: b[min(i, len(b)):min(i+1, len(b))]}
		}
	}
	return nil
}

func (o *Observation) differInMetrics(other *Observation) *Difference {
	var times []time.Duration
	for at := range o.Samples {
		times = append(times, at)
	}
	for at := range other.Samples {
		if _, ok := o.Samples[at]; !ok {
			times = append(times, at)
		}
	}
	slices.Sort(times)
	for _, at := range times {
		if a, b := o.Samples[at], other.Samples[at]; !slices.Equal(a, b) {
			return &Difference{What: "metrics", At: at, Left: sampleLines(a, b), Right: sampleLines(b, a)}
		}
	}
	return nil
}

// String shows the difference with both sides next to each other.
func (d *Difference) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "the %s differs", d.What)
	if d.What == "trace" || d.What == "metrics" {
		fmt.Fprintf(&b, " at %v", text.Duration(d.At))
	}
	b.WriteByte('\n')
	for _, line := range d.Before {
		fmt.Fprintf(&b, "      both   %s\n", line)
	}
	for i := range max(len(d.Left), len(d.Right)) {
		left, right := "(nothing)", "(nothing)"
		if i < len(d.Left) {
			left = d.Left[i]
		}
		if i < len(d.Right) {
			right = d.Right[i]
		}
		fmt.Fprintf(&b, "      model  %s\n      engine %s\n", left, right)
	}
	return b.String()
}

func eventLines(events []trace.Event, from int) []string {
	var lines []string
	for _, e := range events[min(from, len(events)):min(from+2, len(events))] {
		lines = append(lines, e.String())
	}
	return lines
}

func ledgerLines(l ledger.Ledger) []string {
	lines := []string{fmt.Sprintf("offered %d, delivered %d, lost %d, pending %d, relabelled %d, blocked %d",
		l.Offered, l.Delivered, l.Lost, l.Pending, l.Relabelled, l.Blocked)}
	var addresses []string
	for address := range l.Alertmanagers {
		addresses = append(addresses, address)
	}
	slices.Sort(addresses)
	for _, address := range addresses {
		lines = append(lines, fmt.Sprintf("%s %+v", address, l.Alertmanagers[address]))
	}
	for i, r := range l.Replicas {
		lines = append(lines, fmt.Sprintf("replica %d %+v", i+1, r))
	}
	if l.LostByAll != nil {
		lines = append(lines, fmt.Sprintf("lost by all %d", *l.LostByAll))
	}
	return lines
}

func accountLines(a ledger.AlertAccounts) []string {
	line := func(of string, a ledger.AlertAccount) string {
		return fmt.Sprintf("%s: %d alerts, %d missed, first known after %v in total, uncovered for %v, %d falsely resolved "+
			"%d times for %v, resolved late by %v", of, a.Alerts, a.Missed, time.Duration(a.FirstDelivery.Total()),
			time.Duration(a.Uncovered.Total()), a.FalselyResolved, a.FalseResolves.Count(),
			time.Duration(a.FalseResolves.Total()), time.Duration(a.LateResolve.Total()))
	}
	lines := []string{line("any", a.Any)}
	for _, address := range slices.Sorted(maps.Keys(a.Alertmanagers)) {
		lines = append(lines, line(address, a.Alertmanagers[address]))
	}
	return lines
}

func deliveryLines(delivery map[string]*ledger.Delays) []string {
	var lines []string
	for _, address := range slices.Sorted(maps.Keys(delivery)) {
		d := delivery[address]
		lines = append(lines, fmt.Sprintf("%s: %d after %v to %v, mean %v, p50 %v, p99 %v",
			address, d.Count(), d.Min(), d.Max(), d.Mean(), d.Quantile(0.5), d.Quantile(0.99)))
	}
	return lines
}

// sampleLines returns the samples of a that b does not have, as lines.
func sampleLines(a, b []sim.Sample) []string {
	var lines []string
	for _, s := range a {
		if !slices.Contains(b, s) {
			lines = append(lines, fmt.Sprintf("%s{alertmanager=%q} %v", s.Name, s.Alertmanager, s.Value))
		}
	}
	return lines
}

// Detail returns the name of the first metric that differs if What is "metrics", and What otherwise.
func (d *Difference) Detail() string {
	lines := append(append([]string{}, d.Left...), d.Right...)
	if d.What == "metrics" && len(lines) > 0 {
		name, _, _ := strings.Cut(lines[0], "{")
		return "metric " + name
	}
	return d.What
}
