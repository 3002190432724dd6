package sim_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// promtoolText reads one of promtool's own unit-test files and returns its path and text. It adds what a scenario
// needs: a configuration, names for the tests, groups without offsets, and scrapes of the notifier as rarely as
// evaluations.
func promtoolText(t *testing.T, name string) (path string, text []byte) {
	t.Helper()
	module, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/prometheus/prometheus").Output()
	require.NoError(t, err)
	path = filepath.Join(strings.TrimSpace(string(module)), "cmd", "promtool", "testdata", name)
	text, err = os.ReadFile(path)
	require.NoError(t, err)
	var doc map[string]any
	require.NoError(t, yaml.Unmarshal(text, &doc))
	doc["evaluation_offset"] = "none"
	if every := doc["evaluation_interval"]; every != nil {
		doc["scrape_interval"] = every
	}
	doc["config"] = map[string]any{"alerting": map[string]any{"alertmanagers": []any{map[string]any{
		"static_configs": []any{map[string]any{"targets": []string{"am-a:9093"}}},
	}}}}
	for i, test := range doc["tests"].([]any) {
		if test := test.(map[string]any); test["name"] == nil {
			test["name"] = "unnamed " + string(rune('a'+i))
		}
	}
	text, err = yaml.Marshal(doc)
	require.NoError(t, err)
	return path, text
}

// promtool's own example files pass and fail here as they do in promtool.
func TestPromtoolsExamples(t *testing.T) {
	for name, wrong := range map[string][]string{
		"unittest.yml":               nil,
		"no-test-group-interval.yml": nil,
		"at-modifier-test.yml":       nil,
		"negative-offset-test.yml":   nil,
		"start-time-test.yml":        nil,
		"long-period.yml":            nil, // lasts 292 years
		"rules_run.yml":              {"wrong test"},
		"rules_run_fuzzy.yml":        {"wrong fuzzy match"},
		"rules_run_no_fuzzy.yml":     {"correct fuzzy match"},
		"bad-rules-error-test.yml":   {"unnamed a"},
	} {
		t.Run(name, func(t *testing.T) {
			file, err := scenarios.Parse(promtoolText(t, name))
			require.NoError(t, err)
			var failed []string
			for _, test := range file.Tests {
				res, err := sim.Run(file, test, file.Releases[0], 1, sim.Options{})
				require.NoError(t, err)
				if !res.Pass {
					failed = append(failed, test.Name)
				}
				if wrong == nil {
					for _, f := range res.Failures {
						t.Errorf("%s: %s\n%s", test.Name, f.Message, strings.Join(f.Alerts, "\n"))
					}
				}
			}
			require.Equal(t, wrong, failed)
		})
	}
}

// Files that promtool refuses, or that fail in promtool because of a misspelt name, are refused here with a position.
func TestPromtoolsBadExamples(t *testing.T) {
	for name, message := range map[string]string{
		"bad-input-series.yml": "`series`" + ` is "up{job=\"prometheus\", instance=\"localhost:9090\"": ` +
			`unexpected end of input inside braces`,
		"bad-rules-syntax-test.yml": "bad-rules-syntax.yml:7:22: the expression is not PromQL: unexpected end of input",
		"bad-promql.yml":            "`eval_time` is missing",
		"failing.yml":               `no rule has the alert "Test"; write one of AlwaysFiring, InstanceDown`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := scenarios.Parse(promtoolText(t, name))
			require.ErrorContains(t, err, message)
		})
	}
}

const rulesFile = `
groups:
  - name: nodes
    rules:
      - {record: 'zone:up:count', expr: 'count by (zone) (up{job="node"} == 0)'}
      - alert: InstanceDown
        expr: up{job="node"} == 0
        for: 2m
        labels: {severity: page}
        annotations: {summary: '{{ $labels.instance }} is {{ if $value }}up{{ else }}down{{ end }}'}
      - {alert: ZoneDown, expr: 'zone:up:count > 1'}
`

const rulesTest = `
release: [v2.5, v3.9, v3.16]
config: {global: {external_labels: {cluster: eu1}},
  alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
rule_files: [rules.yml]
evaluation_offset: none
tests:
  - name: a zone is down for 5 minutes
    duration: 40m
    input_series:
      - {series: 'up{job="node", zone="z1"}', expand: {instance: 'i[1-2]'}, values: '1x2 0x4 1x60'}
    alert_rule_test:
      - {eval_time: 4m59s, alertname: InstanceDown}
      - eval_time: 5m
        alertname: InstanceDown
        exp_alerts:
          - {exp_labels: {job: node, zone: z1, instance: i2, severity: page}, exp_annotations: {summary: i2 is down}}
          - {exp_labels: {job: node, zone: z1, instance: i1, severity: page}, exp_annotations: {summary: i1 is down}}
      - {eval_time: 3m, alertname: ZoneDown, exp_alerts: [{exp_labels: {zone: z1}}]}
      - {eval_time: 9m, alertname: ZoneDown}
    promql_expr_test:
      - {expr: 'zone:up:count', eval_time: 4m30s, exp_samples: [{labels: 'zone:up:count{zone="z1"}', value: 2}]}
      - {expr: 'count by (alertname) (ALERTS{alertstate="firing"})', eval_time: 6m, exp_samples: [
          {labels: '{alertname="InstanceDown"}', value: 2}, {labels: '{alertname="ZoneDown"}', value: 1}]}
    alertmanager_test:
      # ZoneDown fires at 3m, is sent again at 5m and 7m, and resolved from 8m on, for 15 minutes.
      - {target: 'am-a:9093', between: [0s, 4m], exp_received: {unique: 1, duplicates: 0}, exp_requests: 1}
      - {target: 'am-a:9093', between: [5m, 5m], exp_received: {unique: 3, duplicates: 0}}
      - {target: 'am-a:9093', between: [6m, 6m], exp_received: {unique: 0, duplicates: 0}}
      - {target: 'am-a:9093', between: [7m, 7m], exp_received: {unique: 3, duplicates: 0}}
      - {target: 'am-a:9093', between: [8m, 8m], exp_received: {unique: 3, duplicates: 0}}
      - {target: 'am-a:9093', between: [24m, 40m], exp_received: {unique: 0, duplicates: 0}}
    ledger_test:
      - {eval_time: 40m, exp_lost: 0}
`

// rulesScenario parses a scenario whose folder contains rules.yml.
func rulesScenario(t *testing.T, text string) *scenarios.File {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "rules.yml"), []byte(rulesFile), 0o644))
	file, err := scenarios.Parse(filepath.Join(dir, "test.yml"), []byte(text))
	require.NoError(t, err)
	return file
}

// Rules that are evaluated over input series send alerts as in Prometheus, on every engine.
func TestRuleFiles(t *testing.T) {
	file := rulesScenario(t, rulesTest)
	for _, rel := range file.Releases {
		for _, engine := range sim.Engines() {
			if !runsHere(engine, rel) {
				continue
			}
			res, err := sim.Run(file, file.Tests[0], rel, 1, sim.Options{Engine: engine})
			require.NoError(t, err)
			for _, f := range res.Failures {
				t.Errorf("%s %s: %v: %s\n%s", rel.Name, engine, f.Pos, f.Message, strings.Join(f.Alerts, "\n"))
			}
		}
	}
}

// Templates see the values that promtool gives them: the external labels and URL of the test, or else those of the
// configuration. Alerts always carry the external labels of the configuration.
func TestTemplates(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "rules.yml"), []byte(`
groups:
  - name: templates
    rules:
      - alert: Always
        expr: vector(1)
        annotations: {from: '{{ $externalLabels.cluster }} {{ $externalURL }}',
          at: '{{ with query "time()" }}{{ . | first | value }}{{ end }}'}
`), 0o644))
	file, err := scenarios.Parse(filepath.Join(dir, "test.yml"), []byte(`
config: {global: {external_labels: {cluster: eu1}},
  alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
rule_files: [rules.yml]
evaluation_offset: none
tests:
  - name: configuration
    duration: 1m
    alert_rule_test:
      - {eval_time: 1m, alertname: Always, exp_alerts: [{exp_annotations: {from: 'eu1 ', at: 60}}]}
  - name: test
    duration: 1m
    external_labels: {cluster: us2}
    external_url: http://prometheus.example.org
    start_timestamp: 2026-01-31T12:00:00Z
    alert_rule_test:
      - {eval_time: 1m, alertname: Always,
          exp_alerts: [{exp_annotations: {from: us2 http://prometheus.example.org, at: 1.76986086e+09}}]}
    promql_expr_test:
      - {expr: ALERTS, eval_time: 1m,
          exp_samples: [{labels: 'ALERTS{alertname="Always", alertstate="firing"}', value: 1}]}
      - {expr: 'alert_sends_total', eval_time: 1m,
          exp_samples: [{labels: 'alert_sends_total{job="notifysim", instance="ledger"}', value: 1}]}
      - {expr: 'timestamp(up{job="prometheus"})', eval_time: 1m,
          exp_samples: [{labels: '{job="prometheus", instance="localhost:9090"}', value: 1769860860}]}
    ledger_test:
      - {eval_time: 1m, exp_delivered: 1, exp_lost: 0}
      - {eval_time: 1m, target: 'am-a:9093', exp_late: 0}
`))
	require.NoError(t, err)
	for _, test := range file.Tests {
		res, err := sim.Run(file, test, file.Releases[0], 1,
			sim.Options{Bodies: func(_ time.Duration, _ string, body []byte) {
				require.Contains(t, string(body), `"cluster":"eu1"`)
			}, Engine: sim.EngineManager})
		require.NoError(t, err)
		for _, f := range res.Failures {
			t.Errorf("%s: %v: %s\n%s", test.Name, f.Pos, f.Message, strings.Join(f.Alerts, "\n"))
		}
	}
}

// The offset of a rule group counts from the full hour of the clock, as in Prometheus, and not from the start of the
// run.
func TestOffsetsAreThoseOfTheClock(t *testing.T) {
	first := func(start string) time.Duration {
		file := rulesScenario(t, strings.Replace(strings.Split(rulesTest, "    alert_rule_test:")[0],
			"evaluation_offset: none", "", 1)+"    start_timestamp: "+start+"\n")
		var at time.Duration = -1
		_, err := sim.Run(file, file.Tests[0], file.Releases[0], 1, sim.Options{Events: func(e *sim.Event) {
			if e.Kind == trace.KindSend && at < 0 {
				at = e.At
			}
		}})
		require.NoError(t, err)
		return at
	}
	at := first("0") % time.Minute
	require.Equal(t, at, first("2026-01-31T12:00:00Z")%time.Minute)
	require.Equal(t, (at+time.Minute-10*time.Second)%time.Minute, first("2026-01-31T12:00:10Z")%time.Minute)
}

// Without `evaluation_offset: none` each group has an offset, which is derived from the name of its file and its own
// name.
func TestRuleGroupsHaveOffsets(t *testing.T) {
	file := rulesScenario(t, strings.Replace(strings.Split(rulesTest, "    alert_rule_test:")[0],
		"evaluation_offset: none", "", 1))
	var sends []time.Duration
	_, err := sim.Run(file, file.Tests[0], file.Releases[0], 1, sim.Options{Events: func(e *sim.Event) {
		if e.Kind == trace.KindSend {
			sends = append(sends, e.At)
		}
	}})
	require.NoError(t, err)
	require.NotEmpty(t, sends)
	offset := sends[0] % time.Minute
	require.NotZero(t, offset)
	for _, at := range sends {
		require.Equal(t, offset, at%time.Minute)
	}
	require.Empty(t, cmp.Diff([]time.Duration{2 * time.Minute, 2 * time.Minute},
		[]time.Duration{sends[1] - sends[0], sends[2] - sends[0]}),
		"ZoneDown is sent alone, and two minutes later again together with InstanceDown")
}

// While the manager's lock blocks Send, the rule group is not evaluated, and the evaluations that it misses are
// skipped.
func TestBlockedSendHoldsRulesUp(t *testing.T) {
	file := rulesScenario(t, `
release: v3.16
config: {alerting: {alertmanagers: [{timeout: 30s, static_configs: [{targets: ['am-a:9093', 'am-b:9093']}]}]}}
flags: {alertmanager.notification-batch-size: 1}
rule_files: [rules.yml]
evaluation_offset: none
tests:
  - name: a drain of a hung Alertmanager
    duration: 30m
    alertmanagers: {'am-b:9093': {hang: true}}
    input_series:
      - {series: 'up{job="node", zone="z1"}', expand: {instance: 'i[1-9]'}, values: '1x1 0x60'}
    timeline:
      - {at: 4m30s, target_groups: {config-0: [{targets: ['am-a:9093']}]}}
    promql_expr_test:
      - {expr: 'count_over_time(zone:up:count[3m])', eval_time: 4m, exp_samples: [{labels: '{zone="z1"}', value: 3}]}
      - {expr: 'alert_sends_blocked_total > bool 0', eval_time: 20m,
          exp_samples: [{labels: '{job="notifysim", instance="ledger"}', value: 1}]}
      - {expr: 'min_over_time(up{job="prometheus"}[20m])', eval_time: 20m,
          exp_samples: [{labels: '{job="prometheus", instance="localhost:9090"}', value: 0}]}
      - {expr: 'count_over_time(zone:up:count[10m]) < bool 10', eval_time: 12m,
          exp_samples: [{labels: '{zone="z1"}', value: 1}]}
`)
	for _, engine := range []sim.Engine{sim.EngineModel, sim.EngineManager} {
		res, err := sim.Run(file, file.Tests[0], file.Releases[0], 1, sim.Options{Engine: engine})
		require.NoError(t, err)
		for _, f := range res.Failures {
			t.Errorf("%s: %v: %s\n%s", engine, f.Pos, f.Message, strings.Join(f.Alerts, "\n"))
		}
	}
}

// An alert that was firing before a restart fires again after the first evaluations, from v3.16 on even if the `for` of
// its rule is shorter than --rules.alert.for-grace-period. Before, and for an alert that was pending, that `for` starts
// again. (In Prometheus' rules/group.go at v3.15.0 and v3.16.0, RestoreForState.)
func TestRestartRestoresShortFor(t *testing.T) {
	const head = `
release: [v3.15, v3.16]
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
rule_files: [rules.yml]
evaluation_offset: none
tests:
  - name: a restart
    duration: 20m
    input_series: [{series: 'up{job="node", instance="i1"}', values: '0x20'}]
`
	dir := t.TempDir()
	rules := strings.ReplaceAll(rulesFile, "for: 2m", "for: 5m")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "rules.yml"), []byte(rules), 0o644))
	for _, c := range []struct {
		name, release  string
		restart, first time.Duration
	}{
		{"firing", "v3.15", 330 * time.Second, 11 * time.Minute},
		{"firing", "v3.16", 330 * time.Second, 8 * time.Minute},
		{"pending", "v3.15", 90 * time.Second, 7 * time.Minute},
		{"pending", "v3.16", 90 * time.Second, 7 * time.Minute},
	} {
		t.Run(c.name+" "+c.release, func(t *testing.T) {
			timeline := fmt.Sprintf("    timeline: [{at: %v, for: 10s, replica: 1, restart: {}}]\n", c.restart)
			file, err := scenarios.Parse(filepath.Join(dir, "test.yml"), []byte(head+timeline))
			require.NoError(t, err)
			rel, err := core.ParseRelease(c.release)
			require.NoError(t, err)
			var first time.Duration
			_, err = sim.Run(file, file.Tests[0], rel, 1, sim.Options{Events: func(e *sim.Event) {
				if e.Kind == trace.KindSend && e.At > c.restart && first == 0 {
					first = e.At
				}
			}})
			require.NoError(t, err)
			require.Equal(t, c.first, first)
		})
	}
}
