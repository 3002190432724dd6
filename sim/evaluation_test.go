package sim_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// An evaluation that takes time delays its alerts, and misses the evaluations that fall into it. Their endsAt still
// counts from the beginning of the evaluation.
func TestEvaluationTakesTime(t *testing.T) {
	const text = `
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
evaluation_interval: 15s
flags: {rules.alert.resend-delay: 0s}
tests:
  - name: shorter than the interval
    evaluation_duration: 10s
    duration: 2m
    input_series: &up [{series: 'ALERTS{alertname="Up", alertstate="firing"}', values: '1x20'}]
    alertmanager_test:
      - {target: 'am-a:9093', between: [0s, 9999ms], exp_requests: 0}
      - {target: 'am-a:9093', between: [0s, 10s], exp_requests: 1}
      - {target: 'am-a:9093', between: [0s, 2m], exp_requests: 8}
    alert_test: [{exp_first_delivery: 10s, exp_uncovered: 10s}]
  - name: longer than the interval
    evaluation_duration: 40s
    duration: 2m
    input_series: *up
    alertmanager_test:
      - {target: 'am-a:9093', between: [0s, 40s], exp_requests: 1}
      - {target: 'am-a:9093', between: [0s, 1m24s], exp_requests: 1}
      - {target: 'am-a:9093', between: [0s, 1m25s], exp_requests: 2}
      - {target: 'am-a:9093', between: [0s, 2m], exp_requests: 2}
  - name: longer than the alerts are valid
    evaluation_duration: 70s
    duration: 10m
    input_series: *up
    alert_test: [{target: 'am-a:9093', exp_missed: 1}]
`
	file, err := scenarios.Parse("x.yml", []byte(text))
	require.NoError(t, err)
	for _, test := range file.Tests {
		for _, engine := range []sim.Engine{sim.EngineModel, sim.EnginePrometheus} {
			res, err := sim.Run(file, test, file.Releases[0], 1, sim.Options{Engine: engine})
			require.NoError(t, err)
			require.Empty(t, res.Failures, "%s on %s", test.Name, engine)
		}
	}
}
