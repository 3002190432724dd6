package scenarios_test

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
)

// Metrics has one entry for each metric of a release.
func TestMetrics(t *testing.T) {
	for _, name := range []string{"v2.5", "v3.9", "v3.16"} {
		rel, err := core.ParseRelease(name)
		require.NoError(t, err)
		seen := map[string]bool{}
		for _, m := range scenarios.Metrics(rel) {
			require.NotEmpty(t, m.Name)
			require.NotEmpty(t, m.Help, m.Name)
			require.Contains(t, []string{"counter", "gauge", "histogram", "summary"}, m.Type, m.Name)
			require.False(t, seen[m.Name], m.Name)
			seen[m.Name] = true
		}
		require.True(t, seen["alert_sends_blocked_total"])
	}
}

func TestSeriesOfAMetric(t *testing.T) {
	series := map[string][]string{}
	for _, m := range scenarios.Metrics(core.Newest()) {
		maps.Copy(series, m.Series())
	}
	for name, labels := range map[string][]string{
		"alert_delivery_seconds_bucket": {"__name__", "job", "instance", "to", "le"},
		"alert_delivery_seconds_sum":    {"__name__", "job", "instance", "to"},
		"alert_delivery_seconds_count":  {"__name__", "job", "instance", "to"},
		"alerts_dropped_total":          {"__name__", "job", "instance", "alertmanager", "reason"},
	} {
		require.Equal(t, labels, series[name], name)
	}
	require.NotContains(t, series, "alert_delivery_seconds")
}
