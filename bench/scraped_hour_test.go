package bench

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// BenchmarkScrapedHour loads and runs a scenario of one hour with 10,000 alerts, virtual scrapes every 15 s and PromQL
// expectations.
func BenchmarkScrapedHour(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		f, err := scenarios.Load("testdata/scraped_hour.yml")
		require.NoError(b, err)
		res, err := sim.Run(f, f.Tests[0], f.Releases[0], 1, sim.Options{})
		require.NoError(b, err)
		require.Empty(b, res.Failures)
	}
}
