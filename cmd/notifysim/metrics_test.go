package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMetricsAreThoseOfTheRelease(t *testing.T) {
	list := func(args ...string) string {
		var out, errs bytes.Buffer
		require.Equal(t, exitPass, run(append([]string{"metrics"}, args...), nil, &out, &errs), errs.String())
		return out.String()
	}
	require.Contains(t, list(), "prometheus_notifications_latency_histogram_seconds")
	require.Regexp(t, `prometheus_notifications_queue_length +gauge +alertmanager +The`, list("--release", "v3.16"))
	require.Regexp(t, `prometheus_notifications_queue_length +gauge +The`, list("--release", "v3.9"))
	require.NotContains(t, list("--release", "v3.3"), "histogram_seconds")
	require.Regexp(t, `alert_delivery_seconds +histogram +to, le +Time`, list())
	require.Regexp(t, `copy_delivery_seconds +duration +to +p\(99\) max avg med min count +from Send`, list(),
		"of thresholds")
	require.Regexp(t, `copies_dropped +copies +from, reason +count rate +copies`, list())
}

func TestMetricsOfAnUnknownRelease(t *testing.T) {
	var out, errs bytes.Buffer
	require.Equal(t, exitUsage, run([]string{"metrics", "--release", "v9"}, nil, &out, &errs))
	require.Contains(t, errs.String(), "v9")
}
