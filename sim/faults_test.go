package sim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The send loop reads the body of a response until its end or until the timeout, and counts all of that time as
// latency. The alerts count as delivered in both cases.
func TestSlowBodyHoldsTheSendLoop(t *testing.T) {
	const text = `
release: [v2.9.1, v2.9.2, v2.53, v3.9, v3.16]
config: {alerting: {alertmanagers: [{timeout: 2s, static_configs: [{targets: ['am-a:9093']}]}]}}
scrape_interval: 1s
tests:
  - name: x
    alertmanagers: {'am-a:9093': {latency: 100ms, slow_body: 1h, first: 1}}
    timeline:
      - {at: 1s, send: {alerts: a}}
      - {at: 1500ms, send: {alerts: b}}
      - {at: 5500ms, send: {alerts: c}}
    ledger_test:
      - {eval_time: 10s, exp_delivered: 3, exp_lost: 0}
`
	for release, want := range map[string]time.Duration{
		"v2.9.1": 1500 * time.Millisecond, "v2.9.2": 3 * time.Second, "v2.53": 3 * time.Second, "v3.9": 3 * time.Second,
		"v3.16": 3 * time.Second,
	} {
		o := holds(t, release, text)
		posted := map[string]time.Duration{}
		for _, e := range o.Trace {
			if e.Kind.String() == "post" {
				posted[e.Alerts] = e.At
			}
		}
		require.Equal(t, want, posted["b"], release)
		if release == "v3.16" {
			sum, ok := value(o, 5*time.Second, "latency_seconds_sum", "am-a")
			require.True(t, ok)
			require.InDelta(t, 2.1, sum, 1e-9)
		}
	}
}
