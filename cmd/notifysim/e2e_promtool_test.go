//go:build e2e

package main

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const promtoolRules = `
groups:
  - name: nodes
    rules:
      - {record: 'zone:down:count', expr: 'count by (zone) (up == 0)'}
      - alert: InstanceDown
        expr: up == 0
        for: 2m
        labels: {severity: page}
        annotations: {summary: '{{ $labels.instance }} of {{ $externalLabels.cluster }}, see {{ $externalURL }}'}
`

const promtoolTest = `
rule_files: [rules.yml]
evaluation_interval: 1m
tests:
  - name: a node is down
    interval: 1m
    external_labels: {cluster: eu1}
    external_url: http://prometheus.example.org
    input_series:
      - {series: 'up{instance="a", zone="z1"}', values: '1x2 0x4 1x3'}
      - {series: 'up{instance="b", zone="z1"}', values: '1 _ stale 0x9'}
    alert_rule_test:
      - eval_time: EVAL_TIME
        alertname: InstanceDown
        exp_alerts:
          - exp_labels: {instance: INSTANCE, zone: z1, severity: page}
            exp_annotations: {summary: 'INSTANCE of eu1, see http://prometheus.example.org'}
    promql_expr_test:
      - {expr: 'zone:down:count', eval_time: 4m, exp_samples: [{labels: 'zone:down:count{zone="z1"}', value: COUNT}]}
`

// promtool, as installed from the distribution, and notifysim give the same verdicts on the same rule tests.
func TestE2EPromtoolAgrees(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	require.NoError(t, err, "install Prometheus")
	passed := 0
	for _, evalTime := range []string{"4m", "5m", "6m", "7m59s", "8m"} {
		for _, instance := range []string{"a", "b"} {
			for _, count := range []string{"1", "2"} {
				t.Chdir(t.TempDir())
				test := strings.NewReplacer("EVAL_TIME", evalTime, "INSTANCE", instance, "COUNT", count).Replace(promtoolTest)
				require.NoError(t, os.WriteFile("rules.yml", []byte(promtoolRules), 0o644))
				require.NoError(t, os.WriteFile("test.yml", []byte(test), 0o644))
				require.NoError(t, os.WriteFile("scenario.yml", []byte("config: {}\nevaluation_offset: none\n"+test), 0o644))
				said, err := exec.Command(promtool, "test", "rules", "test.yml").CombinedOutput()
				var out, errs bytes.Buffer
				code := run([]string{"test", "scenario.yml"}, nil, &out, &errs)
				require.Less(t, code, exitUsage, "%s%s", &out, &errs)
				require.Equal(t, err == nil, code == exitPass, "%s %s %s:\n%s\n%s", evalTime, instance, count, said, &out)
				if code == exitPass {
					passed++
				}
			}
		}
	}
	require.Positive(t, passed)
	t.Logf("both pass %d tests and fail %d", passed, 20-passed)
}
