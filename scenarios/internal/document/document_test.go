package document_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/scenarios/internal/document"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// decode decodes a scenario whose only test has these fields. It returns the test and the errors.
func decode(t *testing.T, fields string) (document.Test, string) {
	t.Helper()
	r := &strictyaml.Report{Path: "x"}
	root := document.Read(r, "x", []byte("tests: [{name: a, "+fields+"}]"))
	require.NotNil(t, root)
	return document.Decode(r, "x", root).Tests[0], r.Errors().Error()
}

func TestValuesThatDecodeThemselves(t *testing.T) {
	test, errs := decode(t, `seeds: 1-3, start_timestamp: 1769860800,
  alertmanager_test: [{target: a, between: [1s, 2m]}],
  promql_expr_test: [{expr: a, eval_time: 1m, exp_samples: [{value: .inf}]}],
  thresholds: {a: count == 0, b: [{threshold: max < 1s, release: v3.9}]},
  timeline: [{at: 0s, churn: {config-0: {targets: a, every: {exponential: {mean: 5m}}}}}],
  alertmanagers: {a: {latency: 20ms}, b: {latency: {uniform: {min: 1ms, max: 2ms}}}}`)
	require.Empty(t, errs)
	require.Equal(t, "1-3", test.Seeds.V)
	require.Equal(t, time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC), test.StartTimestamp.V)
	require.Equal(t, 2*time.Minute, test.Receipts[0].Between.To.V)
	require.Greater(t, test.PromQL[0].Samples[0].Value.V, 1e308)
	require.Equal(t, "count == 0", test.Thresholds.Entries[0].Value.Items[0].Threshold.V)
	require.Equal(t, "v3.9", test.Thresholds.Entries[1].Value.Items[0].Release.Items[0].V)
	every := test.Timeline[0].Churn.Entries[0].Value.Every
	require.True(t, every.Exponential)
	require.Equal(t, 5*time.Minute, every.V)
	ams := test.Alertmanagers.Entries
	require.Equal(t, fakeam.Constant(20*time.Millisecond), ams[0].Value.Latency.Distribution)
	require.Equal(t, fakeam.Uniform(time.Millisecond, 2*time.Millisecond), ams[1].Value.Latency.Distribution)
}

func TestValuesThatAreRefused(t *testing.T) {
	for fields, want := range map[string]string{
		"seeds: [1, 2, 3]": "x:1:26: `seeds` is a list; write 1-3",
		"seeds: [1, 3]":    "x:1:26: `seeds` is a list; write a range such as 1-3, or a test for each",
		"start_timestamp: yesterday": "x:1:36: `start_timestamp` is \"yesterday\"; " +
			"write an instant from 1970 to 2200, such as 2026-01-31T12:00:00Z or 1769860800",
		"alertmanager_test: [{target: a, between: 1m}]": "x:1:60: `between` is not a list of two durations; " +
			"write one such as [0s, 10m]",
		"alertmanagers: {a: {latency: {uniform: {min: 2s, max: 1s}}}}": "x:1:73: `max` is less than `min`; " +
			"write a `max` of at least 2s",
		"alertmanagers: {a: {latency: {}}}": "x:1:48: `latency` is incomplete; write one of constant, uniform, " +
			"exponential, lognormal, normal, pareto or trace",
		"alertmanagers: {a: {status: 200}}":  "x:1:47: `status` is 200; write a whole number from 300 to 599",
		"timeline: [{at: 0s, restart: now}]": "x:1:48: `restart` is \"now\"; write {}",
	} {
		_, errs := decode(t, fields)
		require.Equal(t, want, errs, fields)
	}
}

// The default of each known flag has the type that Read returns and is within the limits.
func TestFlags(t *testing.T) {
	var schema struct {
		Properties struct {
			Flags struct {
				Properties map[string]struct{ Default any }
			}
		}
	}
	require.NoError(t, json.Unmarshal(document.Schema(), &schema))
	require.Len(t, schema.Properties.Flags.Properties, len(document.KnownFlags()))
	require.EqualValues(t, 10_000, schema.Properties.Flags.Properties[document.QueueCapacityFlag].Default)
	require.Nil(t, schema.Properties.Flags.Properties[document.BatchSizeFlag].Default, "it depends on the release")
	require.Equal(t, "1m", schema.Properties.Flags.Properties[document.ResendDelayFlag].Default)
}
