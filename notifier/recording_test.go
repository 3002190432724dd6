package notifier_test

import (
	"net/url"
	"slices"

	dto "github.com/prometheus/client_model/go"
	"github.com/stretchr/testify/require"
)

// received returns, for each request to an Alertmanager, the names of its alerts.
func (w *harness) received(address string) [][]string {
	w.mu.Lock()
	defer w.mu.Unlock()
	requests := [][]string{}
	for _, p := range w.requests {
		if p.to == address {
			requests = append(requests, p.alerts)
		}
	}
	return requests
}

// metric returns the value of the metric whose name is prometheus_notifications_ and name; of a summary or histogram
// its count; -1 if the metric does not exist. am is the address in the label alertmanager, or "" for a metric without
// that label.
func (w *harness) metric(name, am string) float64 {
	w.t.Helper()
	families, err := w.reg.Gather()
	require.NoError(w.t, err)
	i := slices.IndexFunc(families, func(f *dto.MetricFamily) bool {
		return f.GetName() == "prometheus_notifications_"+name
	})
	if i < 0 {
		return -1
	}
	for _, m := range families[i].Metric {
		address := ""
		for _, l := range m.Label {
			u, err := url.Parse(l.GetValue())
			require.NoError(w.t, err)
			address = u.Host
		}
		if address == am {
			return m.GetCounter().GetValue() + m.GetGauge().GetValue() +
				float64(m.GetSummary().GetSampleCount()+m.GetHistogram().GetSampleCount())
		}
	}
	return -1
}
