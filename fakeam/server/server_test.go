package server

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/fakeam"
)

const ms = time.Millisecond

func TestMaxAlerts(t *testing.T) {
	s, err := New(Options{Store: fakeam.StoreOptions{MaxAlerts: 1}})
	require.NoError(t, err)
	require.Contains(t, post(twoAlerts).do(s), "500")
	require.Contains(t, post(twoAlerts).do(s), `"the store is full: 1 alerts were not stored, because the limit is 1"`)
	require.Len(t, s.Active(), 1)
	s.Restart()
	require.Empty(t, s.Active())
}

func TestV1Accepted(t *testing.T) {
	s, err := New(Options{AcceptV1: true})
	require.NoError(t, err)
	v1 := func(body string) string { return call{"POST", "/api/v1/alerts", "", body}.do(s) }
	require.Contains(t, v1(twoAlerts), `{"status":"success"}`)
	require.Contains(t, v1("{"), `{"status":"error","errorType":"bad_data","error":"unexpected EOF"}`)
	require.Contains(t, v1(`[{"labels":{}}]`), `"error":"at least one label pair required"`)
	require.Equal(t, connectionClosed, v1("[null]"))
	require.Len(t, s.Active(), 2)
	require.Contains(t, get("/api/v1/status").do(s), "410")
}

func TestConcurrentGetsAreLimited(t *testing.T) {
	s, err := New(Options{Concurrency: 1})
	require.NoError(t, err)
	s.mu.Lock()
	first := make(chan string)
	go func() { first <- getAlerts.do(s) }()
	require.Eventually(t, func() bool {
		return strings.Contains(getStatusOf(s), "503")
	}, 5*time.Second, time.Millisecond)
	require.Contains(t, getStatusOf(s), "Limit of concurrent GET requests reached (1), try again later.\n")
	s.mu.Unlock()
	require.Contains(t, <-first, "200")
}

func getStatusOf(s *Server) string { return get("/api/v2/receivers").do(s) }

func TestStatus(t *testing.T) {
	s, err := New(Options{Receiver: `a "b"`})
	require.NoError(t, err)
	response := get("/api/v2/status").do(s)
	require.Contains(t, response, `"cluster":{"peers":[],"status":"disabled"}`)
	require.Contains(t, response, `"config":{"original":"global:\n  resolve_timeout: 5m\n`+
		`route:\n  receiver: \"a \\\"b\\\"\"\n`)
}

func TestMetrics(t *testing.T) {
	s, err := New(Options{Store: fakeam.StoreOptions{PerAlertname: 1}})
	require.NoError(t, err)
	post(twoAlerts).do(s)
	post(`[{"labels":{}},{"labels":{"a":"b"},"endsAt":"2020-01-01T00:00:00Z"}]`).do(s)
	get("/api/v2/nonsense").do(s)
	_, text, _ := strings.Cut(get("/metrics").do(s), "# HELP")
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader([]byte("# HELP" + text)))
	require.NoError(t, err)
	for _, line := range []string{
		`alertmanager_alerts_received_total{status="firing",version="v2"} 3`,
		`alertmanager_alerts_received_total{status="resolved",version="v2"} 1`,
		`alertmanager_alerts_invalid_total{version="v2"} 1`,
		"alertmanager_alerts_limited_total 1",
		"alertmanager_alerts_per_alert_limit 1",
		`alertmanager_alerts{state="active"} 1`,
		`alertmanager_http_concurrency_limit_exceeded_total{method="get"} 0`,
		`alertmanager_http_request_duration_seconds_count{code="400",handler="/api/v2/alerts",method="post"} 1`,
		`alertmanager_http_request_duration_seconds_count{code="404",handler="other",method="get"} 1`,
	} {
		require.Contains(t, text, line+"\n")
	}
	require.Contains(t, families, "alertmanager_build_info")
}

func FuzzServer(f *testing.F) {
	for _, c := range calls() {
		f.Add(c.body)
	}
	s, err := New(Options{Behaviour: fakeam.Behaviour{Service: fakeam.Service{PerAlert: 1}}})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, body string) {
		post(body).do(s)
		elements([]byte(body))
	})
}
