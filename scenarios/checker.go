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

// A checker makes a File of a document and reports all that is wrong with it. Its methods are in the files check_*.go,
// one for each part of a scenario.
type checker struct {
	*strictyaml.Report
	notes *strictyaml.Report // of what is not wrong but may surprise (see File.Warnings)
	dir   folder
	text  []byte
	doc   *document.File
	file  *File // so far
	left  budget

	inline    promfile.Inline              // reads the configurations in the file
	traces    map[string]*fakeam.TraceFile // that were read, by path
	ruleExprs []promfile.RuleExpr          // of all rule files
}

// A testChecker checks one test.
type testChecker struct {
	*checker
	doc  *document.Test
	test *Test
	last time.Duration // the latest time that the test names

	// configs are the configurations of the test, that of the file and those of reloads; reloads has the latter by their
	// events. Partly is that one is missing, since it is wrong: then sets and addresses that are unknown may be its.
	configs []*config.Config
	reloads map[*document.Event]*config.Config
	sets    map[string][]*config.AlertmanagerConfig // of all configurations, by key
	partly  bool

	known  addresses
	series *promqlcheck.KnownSeries // that expressions can find, once asked for
	names  map[string]bool          // of the alerts, as output calls them
	sorted []string                 // the same, once asked for
}

// inTime reports a time after the end of the test, and notes it as one that the test names.
func (t *testChecker) inTime(what string, at strictyaml.Value[time.Duration]) {
	t.last = max(t.last, at.V)
	if end := t.doc.Duration; end.OK() && at.OK() && at.V > end.V {
		t.Errorf(at.Pos, "%s is %s, after the duration of the test; write at most %s",
			what, strictyaml.FormatDuration(at.V), strictyaml.FormatDuration(end.V))
	}
}

// target reports an address that no Alertmanager has.
func (t *testChecker) target(v strictyaml.Value[string]) {
	if _, known := t.known.posted[v.V]; v.OK() && !t.partly && !known {
		t.Known(v.Pos, v.V, t.known.all, "no Alertmanager has the address %q")
	}
}

// spendAlerts takes count alerts of at most size bytes of labels each, and reports whether there were as many.
func (c *checker) spendAlerts(pos Pos, count, size int64) bool {
	switch {
	case count > c.left.alerts:
		c.Errorf(pos, "here the file exceeds the limit of %d alerts; write fewer", maxAlerts)
		return false
	case multiply(count, size) > c.left.labelBytes:
		c.Errorf(pos,
			"here the labels of the file's alerts exceed the limit of %d MiB; write fewer alerts or shorter labels",
			maxLabelBytes>>20)
		return false
	}
	c.left.alerts -= count
	c.left.labelBytes -= count * size
	return true
}

// spendValues takes values of series, and reports whether there were as many; write says what to write instead.
func (c *checker) spendValues(pos Pos, count int64, write string) bool {
	if count > c.left.values {
		c.Errorf(pos, "here the file exceeds the limit of %d values of all its series; %s", maxFileValues, write)
		return false
	}
	c.left.values -= count
	return true
}
