package scenarios

import (
	"time"

	"github.com/prometheus/prometheus/config"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/scenarios/internal/document"
	"github.com/notifysim/notifysim/scenarios/internal/promfile"
	"github.com/notifysim/notifysim/scenarios/internal/promqlcheck"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A checker makes a File from a document and reports everything that is wrong with it. Its methods are in the files
// check_*.go, one file for each topic.
type checker struct {
	*strictyaml.Report
	notes *strictyaml.Report // what is not wrong but may surprise (see File.Warnings)
	dir   folder
	text  []byte
	doc   *document.File
	file  *File // the result, as far as it has been made
	left  budget

	inline    promfile.Inline              // reads inline configurations
	traces    map[string]*fakeam.TraceFile // trace files that were read, by path
	ruleExprs []promfile.RuleExpr          // the expressions in all rule files
}

// A testChecker checks one test.
type testChecker struct {
	*checker
	doc  *document.Test
	test *Test
	last time.Duration // the latest time in the test

	// configs are the configurations of the test: that of the file and those of reloads, which are also in reloads by
	// event. partly is true if a configuration is missing because it is wrong. Then unknown sets and addresses are not
	// reported, because the missing configuration might have them.
	configs []*config.Config
	reloads map[*document.Event]*config.Config
	sets    map[string][]*config.AlertmanagerConfig // entries under alertmanagers of all configurations, by set key
	partly  bool

	known  addresses
	series *promqlcheck.KnownSeries // the series that expressions can select; nil until it is needed
	names  map[string]bool          // the names of the alerts in output
	sorted []string                 // names, sorted; nil until it is needed
}

// inTime reports a time after the end of the test. It also records the latest time of the test.
func (t *testChecker) inTime(what string, at strictyaml.Value[time.Duration]) {
	t.last = max(t.last, at.V)
	if end := t.doc.Duration; end.OK() && at.OK() && at.V > end.V {
		t.Errorf(at.Pos, "%s is %s, which is after the end of the test; write at most %s",
			what, strictyaml.FormatDuration(at.V), strictyaml.FormatDuration(end.V))
	}
}

// target reports an address that is not the address of any Alertmanager.
func (t *testChecker) target(v strictyaml.Value[string]) {
	if _, known := t.known.posted[v.V]; v.OK() && !t.partly && !known {
		t.Known(v.Pos, v.V, t.known.all, "no Alertmanager has the address %q")
	}
}

// spendAlerts subtracts count alerts with at most size bytes of labels each from the budget. It returns false, after an
// error, if the budget is too small.
func (c *checker) spendAlerts(pos Pos, count, size int64) bool {
	switch {
	case count > c.left.alerts:
		c.Errorf(pos, "with this entry the file exceeds the limit of %d alerts; write fewer", maxAlerts)
		return false
	case multiply(count, size) > c.left.labelBytes:
		c.Errorf(pos,
			"with this entry the labels of all alerts exceed the limit of %d MiB; write fewer alerts or shorter labels",
			maxLabelBytes>>20)
		return false
	}
	c.left.alerts -= count
	c.left.labelBytes -= count * size
	return true
}

// spendValues subtracts values of series from the budget. It returns false, after an error that ends with write, if the
// budget is too small.
func (c *checker) spendValues(pos Pos, count int64, write string) bool {
	if count > c.left.values {
		c.Errorf(pos, "with this entry all series together have more than the limit of %d values; %s", maxFileValues, write)
		return false
	}
	c.left.values -= count
	return true
}
