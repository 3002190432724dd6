package bench

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// BenchmarkReferenceDay runs 24 hours of 5,000 alerts every 15 s to three Alertmanagers, with the ledger kept and checked.
func BenchmarkReferenceDay(b *testing.B) {
	f, err := scenarios.Load("testdata/reference_day.yml")
	require.NoError(b, err)
	b.ReportAllocs()
	var events, alerts int64
	for b.Loop() {
		res, err := sim.Run(f, f.Tests[0], f.Releases[0], 1, sim.Options{})
		require.NoError(b, err)
		events += res.Events
		alerts += res.Ledger.Offered
	}
	seconds := b.Elapsed().Seconds()
	b.ReportMetric(float64(events)/seconds, "events/s")
	b.ReportMetric(float64(alerts)/seconds, "alerts/s")
}
