package sim_test

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/compare"
	"github.com/notifysim/notifysim/sim/fuzz"
)

// children are the child processes with notifiers of other releases, shared by all tests.
var children = &sim.Children{Progress: os.Stderr}

func observe(
	t *testing.T, engine sim.Engine, file *scenarios.File, test *scenarios.Test, rel *core.Release, seed uint64,
) *compare.Observation {
	t.Helper()
	_, o, err := compare.Observe(engine, file, test, rel, seed, sim.Options{})
	require.NoError(t, err)
	return o
}

// The scenarios of the library give the same ledger, canonical trace, metrics and verdicts on every engine.
func TestEnginesAgreeOnTheLibrary(t *testing.T) {
	eachTest(t, func(t *testing.T, file *scenarios.File, test *scenarios.Test, rel *core.Release) {
		model := observe(t, sim.EngineModel, file, test, rel, 1)
		last := model
		for _, engine := range sim.Engines()[1:] {
			if runsHere(engine, rel) {
				next := observe(t, engine, file, test, rel, 1)
				require.Nil(t, compare.Differ(model, next), "model against %s", engine)
				require.Nil(t, compare.Differ(last, next), "bodies on %s", engine)
				last = next
			}
		}
	})
}

// Random scenarios give the same results on every engine. CONFORMANCE is their number; `make conformance` runs 10,000.
func TestEnginesAgreeOnRandomScenarios(t *testing.T) {
	n := 150
	if s := os.Getenv("CONFORMANCE"); s != "" {
		var err error
		n, err = strconv.Atoi(s)
		require.NoError(t, err)
	}
	for _, release := range []string{"v2.5", "v2.11", "v2.53", "v2.54", "v3.3", "v3.9", "v3.16"} {
		t.Run(release, func(t *testing.T) {
			if release != "v3.16" {
				agree(t, release, n/10+1)
				return
			}
			agree(t, release, n)
		})
	}
}

func agree(t *testing.T, release string, n int) {
	c := comparison{t: t}
	start := time.Now()
	for seed := range uint64(n) {
		draft := fuzz.NewDraft(release, seed)
		diff := c.compare(draft)
		if diff == "" {
			continue
		}
		small := draft.Shrink(func(d *fuzz.Draft) bool { return c.compare(d) != "" })
		t.Fatalf("seed %d:\n%s\n%s", seed, small.Text(), c.compare(small))
	}
	require.Less(t, c.unobservable, n/20+1)
	t.Logf("%d scenarios with %d alerts on engines %v: no difference; %d more are unobservable in a bubble; in %v",
		n-c.unobservable, c.alerts, sim.Engines(), c.unobservable, time.Since(start).Round(time.Millisecond))
}

// A comparison compares engines, and counts the alerts and scenarios that it compared.
type comparison struct {
	t            *testing.T
	alerts       int64
	unobservable int
}

// compare returns the first difference between the engines on a draft, or "" if there is none or if the draft is not a
// valid scenario.
func (c *comparison) compare(d *fuzz.Draft) string {
	file, err := scenarios.Parse("drawn.yml", d.Text())
	if err != nil {
		return ""
	}
	model := observe(c.t, sim.EngineModel, file, file.Tests[0], file.Releases[0], 1)
	last := model
	for _, engine := range sim.Engines()[1:] {
		if !runsHere(engine, file.Releases[0]) {
			continue
		}
		_, other, err := compare.Observe(engine, file, file.Tests[0], file.Releases[0], 1, sim.Options{})
		if errors.Is(err, sim.ErrUnobservable) {
			c.unobservable++
			return ""
		}
		if err != nil {
			return err.Error()
		}
		if diff := compare.Differ(model, other); diff != nil {
			return fmt.Sprintf("model against %s: %v", engine, diff)
		}
		if diff := compare.Differ(last, other); diff != nil {
			return fmt.Sprintf("bodies on %s: %v", engine, diff)
		}
		last = other
	}
	c.alerts += model.Ledger.Offered
	return ""
}

// NewDraft makes a valid scenario from every seed.
func TestDraftsAreValid(t *testing.T) {
	for seed := range uint64(300) {
		draft := fuzz.NewDraft("v3.16", seed)
		_, err := scenarios.Parse("drawn.yml", draft.Text())
		require.NoError(t, err, "seed %d:\n%s", seed, draft.Text())
		require.Equal(t, draft.Text(), fuzz.NewDraft("v3.16", seed).Text())
	}
}

// If a request breaks off before its timeout, an event of it stays in the model's queue. It must not prolong the run:
// the last scrape is at the same instant on all engines.
func TestABrokenRequestEndsARunAtTheSameInstant(t *testing.T) {
	file, err := scenarios.Parse("broken.yml", []byte(`
config: {alerting: {alertmanagers: [{timeout: 10s, static_configs: [{targets: ['am-a:9093']}]}]}}
scrape_interval: 1s
tests:
  - name: a hung Alertmanager restarts
    alertmanagers: {'am-a:9093': {hang: true}}
    timeline:
      - {at: 1s, send: {alerts: 'a[1-3]'}}
      - {at: 5s, target: 'am-a:9093', restart: {}}
`))
	require.NoError(t, err)
	model := observe(t, sim.EngineModel, file, file.Tests[0], file.Releases[0], 1)
	for _, engine := range sim.Engines()[1:] {
		require.Nil(t, compare.Differ(model, observe(t, engine, file, file.Tests[0], file.Releases[0], 1)), "%s", engine)
	}
}

// The send loop of a set, and the drain after the set's removal, each have a request in flight when their Alertmanager
// restarts. The manager reacts to the end of the first request before the second request ends.
func TestBrokenRequestsOfOneInstantComeInOrder(t *testing.T) {
	file, err := scenarios.Parse("drained.yml", []byte(`
release: v3.16
flags: {alertmanager.notification-batch-size: 22}
config: {alerting: {alertmanagers: [{timeout: 10s, static_configs: [{targets: ['am-b:9093']}]}]}}
scrape_interval: 1s
tests:
  - name: two requests are under way when a hung Alertmanager restarts
    alertmanagers: {'am-b:9093': {hang: true}}
    timeline:
      - {at: 1s, send: {alerts: 'a[1-40]'}}
      - {at: 2s, target_groups: {config-0: []}}
      - {at: 5s, for: 1s, target: 'am-b:9093', restart: {}}
`))
	require.NoError(t, err)
	model := observe(t, sim.EngineModel, file, file.Tests[0], file.Releases[0], 1)
	for range 10 {
		require.Nil(t, compare.Differ(model, observe(t, sim.EnginePrometheus, file, file.Tests[0], file.Releases[0], 1)))
		require.Nil(t, compare.Differ(model, observe(t, sim.EngineManager, file, file.Tests[0], file.Releases[0], 1)))
	}
}

// A set without active Alertmanagers relabels nothing. The label sets that its relabelling would produce have no
// number, so the output must not refer to them.
func TestASetWithoutAlertmanagersRelabelsNothing(t *testing.T) {
	file, err := scenarios.Parse("none.yml", []byte(`
release: v2.53
config:
  alerting:
    alertmanagers:
      - {static_configs: [{targets: ['am-a:9093']}], alert_relabel_configs: [{regex: severity, action: labeldrop}]}
tests:
  - name: no Alertmanager is known at first
    timeline:
      - {at: 0s, target_groups: {config-0: []}}
      - {at: 1s, send: {alerts: 'a[3-4]', labels: {severity: page}}}
      - {at: 2s, target_groups: {config-0: [{targets: ['am-a:9093']}]}}
      - {at: 3s, send: {alerts: 'a[1-6]'}}
`))
	require.NoError(t, err)
	model := observe(t, sim.EngineModel, file, file.Tests[0], file.Releases[0], 1)
	require.Nil(t, compare.Differ(model, observe(t, sim.EngineManager, file, file.Tests[0], file.Releases[0], 1)))
}
