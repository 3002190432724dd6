package bench

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// scraped is an expectation that queries the notifier's metrics at the end of the day, so that they are scraped every
// 15 s.
const scraped = `    promql_expr_test:
      - expr: 'sum(increase(prometheus_notifications_dropped_total[23h]) > bool 0)'
        eval_time: 24h
        exp_samples: [{labels: '{}', value: 1}]
`

// BenchmarkReferenceDay runs 24 hours in which 5,000 alerts are sent every 15 s to three Alertmanagers; the ledger is
// kept and checked. With scrapes=on the metrics of the notifier and the Alertmanagers are also scraped every 15 s, and
// a PromQL expression is evaluated.
func BenchmarkReferenceDay(b *testing.B) {
	text, err := os.ReadFile("testdata/reference_day.yml")
	require.NoError(b, err)
	for _, c := range []struct{ name, text string }{
		{"scrapes=off", string(text)}, {"scrapes=on", "scrape_interval: 15s\n" + string(text) + scraped},
	} {
		b.Run(c.name, func(b *testing.B) {
			f, err := scenarios.Parse("reference_day.yml", []byte(c.text))
			require.NoError(b, err)
			b.ReportAllocs()
			var events, alerts int64
			for b.Loop() {
				res, err := sim.Run(f, f.Tests[0], f.Releases[0], 1, sim.Options{})
				require.NoError(b, err)
				require.Empty(b, res.Failures)
				events += res.Events
				alerts += res.Ledger.Offered
			}
			seconds := b.Elapsed().Seconds()
			b.ReportMetric(float64(events)/seconds, "events/s")
			b.ReportMetric(float64(alerts)/seconds, "alerts/s")
		})
	}
}
