package server

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/fakeam"
)

// BenchmarkPost compares the Server with the API and store of a real Alertmanager, both in this process over loopback
// HTTP. A complete Alertmanager does more: its dispatcher and inhibitor subscribe to the store.
func BenchmarkPost(b *testing.B) {
	ours, err := New(Options{})
	require.NoError(b, err)
	for _, n := range []int{64, 256, 1024} {
		body := typicalBatch(n)
		for _, c := range []struct {
			name string
			h    http.Handler
		}{{"fakeam", ours}, {"alertmanager", realAlertmanager(b, fakeam.StoreOptions{})}} {
			b.Run(fmt.Sprintf("batch=%d/%s", n, c.name), func(b *testing.B) {
				srv := httptest.NewServer(c.h)
				defer srv.Close()
				b.ReportAllocs()
				for b.Loop() {
					resp, err := srv.Client().Post(srv.URL+"/api/v2/alerts", "application/json", bytes.NewReader(body))
					if err != nil || resp.StatusCode != http.StatusOK {
						b.Fatal(err, resp)
					}
					_, _ = io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
				}
				b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "alerts/s")
			})
		}
	}
}

// typicalBatch returns a request body with n alerts as Prometheus sends them, about 500 bytes each.
func typicalBatch(n int) []byte {
	const format = `{"annotations":{"description":"node-%d has been down for more than 5 minutes.",` +
		`"runbook_url":"https://runbooks.example/InstanceDown","summary":"Instance down"},` +
		`"endsAt":"2099-01-01T00:04:00.000Z","startsAt":"2026-01-01T00:00:00.000Z",` +
		`"generatorURL":"http://prometheus:9090/graph?g0.expr=up+%%3D%%3D+0&g0.tab=1",` +
		`"labels":{"alertname":"InstanceDown","cluster":"eu1",` +
		`"instance":"node-%d:9100","job":"node","severity":"page"}}`
	var alerts []string
	for i := range n {
		alerts = append(alerts, fmt.Sprintf(format, i, i))
	}
	return []byte("[" + strings.Join(alerts, ",") + "]")
}
