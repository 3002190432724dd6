package sim_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// api_version decides the path of requests, and with it the value of the label alertmanager and the version that the
// Alertmanager counts alerts by. Without it the default of the release does.
func TestAPIVersion(t *testing.T) {
	file, err := scenarios.Parse("x.yml", []byte(`
release: [v2.11, v2.25, v2.26, v2.55]
config:
  alerting:
    alertmanagers:
      - {api_version: v1, static_configs: [{targets: ['am-a:9093']}]}
      - {api_version: v2, static_configs: [{targets: ['am-b:9093']}]}
      - {timeout: 5s, static_configs: [{targets: ['am-c:9093']}]}
scrape_interval: 1s
tests:
  - name: versions
    timeline: [{at: 1s, send: {alerts: 'a[1-3]'}}]
    promql_expr_test:
      - {expr: 'sum by (alertmanager) (prometheus_notifications_sent_total)', eval_time: 5s, release: [v2.11, v2.25],
          exp_samples: [{labels: '{alertmanager="http://am-a:9093/api/v1/alerts"}', value: 3},
            {labels: '{alertmanager="http://am-b:9093/api/v2/alerts"}', value: 3},
            {labels: '{alertmanager="http://am-c:9093/api/v1/alerts"}', value: 3}]}
      - {expr: 'sum by (alertmanager) (prometheus_notifications_sent_total)', eval_time: 5s, release: [v2.26, v2.55],
          exp_samples: [{labels: '{alertmanager="http://am-a:9093/api/v1/alerts"}', value: 3},
            {labels: '{alertmanager="http://am-b:9093/api/v2/alerts"}', value: 3},
            {labels: '{alertmanager="http://am-c:9093/api/v2/alerts"}', value: 3}]}
      - {expr: 'sum by (instance, version) (alertmanager_alerts_received_total) > 0', eval_time: 5s,
          release: [v2.11, v2.25], exp_samples: [{labels: '{instance="am-a:9093", version="v1"}', value: 3},
            {labels: '{instance="am-b:9093", version="v2"}', value: 3},
            {labels: '{instance="am-c:9093", version="v1"}', value: 3}]}
      - {expr: 'sum by (instance, version) (alertmanager_alerts_received_total) > 0', eval_time: 5s,
          release: [v2.26, v2.55], exp_samples: [{labels: '{instance="am-a:9093", version="v1"}', value: 3},
            {labels: '{instance="am-b:9093", version="v2"}', value: 3},
            {labels: '{instance="am-c:9093", version="v2"}', value: 3}]}
`))
	require.NoError(t, err)
	for _, rel := range file.Releases {
		for _, engine := range []sim.Engine{sim.EngineModel, sim.EngineManager} {
			res, err := sim.Run(file, file.Tests[0], rel, 1, sim.Options{Engine: engine})
			require.NoError(t, err)
			for _, f := range res.Failures {
				t.Errorf("%s %s: %v: %s", rel.Name, engine, f.Pos, f.Message)
			}
		}
	}
}
