package server

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/fakeam"
)

const (
	ms     = time.Millisecond
	second = int64(time.Second)
)

const twoAlerts = `[{"labels":{"alertname":"A","i":"1"}},{"labels":{"alertname":"A","i":"2"}}]`

// hosted serves a Server at a free port of loopback until the test ends, and returns its URL.
func hosted(t *testing.T, opt Options, limits HostOptions) (*Server, string) {
	s, err := New(opt)
	require.NoError(t, err)
	h, err := Listen(s, "127.0.0.1:0", limits)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- h.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
	})
	return s, "http://" + h.Addr().String()
}

// plain is a net/http client as anybody has it, without connections that are kept.
func plain(timeout time.Duration) *http.Client {
	return &http.Client{Timeout: timeout, Transport: &http.Transport{DisableKeepAlives: true}}
}

// postTo returns the status and the body, or the error, of which "body: " says that the header had come.
func postTo(url string, timeout time.Duration) string {
	resp, err := plain(timeout).Post(url+"/api/v2/alerts", "application/json", strings.NewReader(twoAlerts))
	if err != nil {
		return err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return fmt.Sprint(resp.StatusCode, " body: ", err)
	}
	return fmt.Sprint(resp.StatusCode, " ", string(text))
}

func TestFaultsOnTheWire(t *testing.T) {
	for _, c := range []struct {
		fault  fakeam.Fault
		answer string // a part of it
		stored int
	}{
		{fakeam.Fault{}, "200 ", 2},
		{fakeam.Fault{Hang: true}, "Client.Timeout exceeded while awaiting headers", 0},
		{fakeam.Fault{Refuse: true}, "connection refused", 0},
		{fakeam.Fault{Refuse: true, First: 1}, "connection reset by peer", 0},
		{fakeam.Fault{Reset: true}, "connection reset by peer", 0},
		{fakeam.Fault{Status: 503}, "503 fakeam: status 503", 0},
		{fakeam.Fault{LoseResponse: true}, "connection reset by peer", 2},
		{fakeam.Fault{Truncate: true}, "200 body: unexpected EOF", 2},
		{fakeam.Fault{SlowBody: time.Minute}, "200 body: context deadline exceeded", 2},
		{fakeam.Fault{SlowBody: time.Millisecond}, "200           ", 2},
		{fakeam.Fault{Partial: 0.5}, `400 "fakeam: partial: only the first 1 alerts are stored"`, 1},
		{fakeam.Fault{WrongContent: true}, "200 <!DOCTYPE html>", 0},
		{fakeam.Fault{TLS: true}, "malformed HTTP response", 0},
		{fakeam.Fault{RateLimit: 1, Every: time.Hour, For: time.Minute}, "200 ", 2},
	} {
		t.Run(c.fault.String(), func(t *testing.T) {
			s, url := hosted(t, Options{Behaviour: fakeam.Behaviour{Fault: c.fault}}, HostOptions{})
			timeout := 10 * time.Second
			if c.fault.Hang || c.fault.SlowBody == time.Minute {
				timeout = 100 * time.Millisecond
			}
			if c.fault == (fakeam.Fault{Refuse: true}) { // the port closes at once, but in its own time
				require.Eventually(t, func() bool { return strings.Contains(postTo(url, timeout), c.answer) }, 5*time.Second, time.Millisecond)
			} else {
				require.Contains(t, postTo(url, timeout), c.answer)
			}
			require.Len(t, s.Active(), c.stored)
			// Behaving again, it answers.
			require.NoError(t, s.SetBehaviour(fakeam.Behaviour{}))
			require.Eventually(t, func() bool { return postTo(url, timeout) == "200 " }, 5*time.Second, time.Millisecond)
			require.Len(t, s.Active(), 2)
		})
	}
}

// Latency, the queue, stalls, ramps and periods take the time that Decide says.
func TestDelaysOnTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []Arrival
		s, err := New(Options{
			Behaviour: fakeam.Behaviour{Latency: fakeam.Constant(20 * ms), Service: fakeam.Service{PerRequest: time.Second, PerAlert: time.Second}},
			Observe:   func(a Arrival) { seen = append(seen, a) },
		})
		require.NoError(t, err)
		var wait sync.WaitGroup
		for range 2 {
			wait.Go(func() {
				w := httptest.NewRecorder()
				r := httptest.NewRequest("POST", "/api/v2/alerts", strings.NewReader(twoAlerts))
				r.Header.Set("Content-Type", "application/json")
				s.ServeHTTP(w, r)
			})
		}
		wait.Wait()
		require.Equal(t, 3020*ms, seen[0].Took)
		require.Equal(t, 6020*ms, seen[1].Took)
		require.Equal(t, "ok", seen[1].Outcome)
		require.Equal(t, 200, seen[1].Status)
		require.Len(t, seen[1].Alerts, 2)
		require.Equal(t, []fakeam.PutResult{{Outcome: fakeam.Merged}, {Outcome: fakeam.Merged}}[0].Err, seen[1].Results[0].Err)
	})
}

func TestCloseEndsWhatWaits(t *testing.T) {
	for _, b := range []fakeam.Behaviour{{Fault: fakeam.Fault{Hang: true}}, {Latency: fakeam.Constant(time.Hour)}} {
		synctest.Test(t, func(t *testing.T) {
			s, err := New(Options{Behaviour: b})
			require.NoError(t, err)
			done := make(chan string)
			go func() { done <- post("[]").do(s) }()
			synctest.Wait()
			s.Close()
			s.Close()
			require.Equal(t, "the connection breaks", <-done)
			require.Empty(t, s.Active())
		})
	}
}

func TestRefusalIsPeriodic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := New(Options{Behaviour: fakeam.Behaviour{Fault: fakeam.Fault{Refuse: true, Every: 10 * time.Second, For: 3 * time.Second}}})
		require.NoError(t, err)
		time.Sleep(21 * time.Second)
		refuses, _, until := s.portClosed()
		require.True(t, refuses)
		require.Equal(t, 23*second, until)
		time.Sleep(2 * time.Second)
		refuses, _, until = s.portClosed()
		require.False(t, refuses)
		require.Equal(t, 30*second, until)
	})
}

func TestBodyLimits(t *testing.T) {
	s, url := hosted(t, Options{MaxBody: 100, BodyTimeout: 50 * time.Millisecond}, HostOptions{})
	long := "[" + strings.Repeat(" ", 200) + "]"
	for _, body := range []io.Reader{strings.NewReader(long), io.MultiReader(strings.NewReader(long))} {
		resp, err := plain(time.Minute).Post(url+"/api/v2/alerts", "application/json", body)
		require.NoError(t, err)
		text, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		require.Equal(t, 413, resp.StatusCode)
		require.Equal(t, "The request body is longer than the limit of 100 bytes.\n", string(text))
	}
	slow, endless := io.Pipe()
	defer endless.Close()
	go func() { _, _ = endless.Write([]byte("[")) }()
	resp, err := plain(time.Minute).Post(url+"/api/v2/alerts", "application/json", slow)
	require.NoError(t, err)
	resp.Body.Close()
	require.Equal(t, 408, resp.StatusCode)
	require.Equal(t, "200 ", postTo(url, time.Minute), "others are served: %s", twoAlerts)
	require.Len(t, s.Active(), 2)
}

// Connections that ask nothing, that break off within a header, or within a body, far more than the limit, keep
// nobody away.
func TestManyConnections(t *testing.T) {
	for _, begun := range []string{"", "POST /api/v2/alerts HTTP/1.1\r\nHost: x\r\nX: ", "POST /api/v2/alerts HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n["} {
		t.Run(begun, func(t *testing.T) { manyConnections(t, begun) })
	}
}

func manyConnections(t *testing.T, begun string) {
	_, url := hosted(t, Options{}, HostOptions{MaxConnections: 10})
	var conns []net.Conn
	for range 300 {
		c, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		require.NoError(t, err)
		defer c.Close()
		_, err = io.WriteString(c, begun)
		require.NoError(t, err)
		conns = append(conns, c)
		if len(conns)%50 == 0 {
			require.Equal(t, "200 ", postTo(url, time.Minute))
		}
	}
	_, err := conns[0].Read(make([]byte, 1))
	require.Error(t, err, "the oldest is closed")
}

func TestMaxAlertsAnswers500(t *testing.T) {
	s, err := New(Options{Store: fakeam.StoreOptions{MaxAlerts: 1}})
	require.NoError(t, err)
	require.Contains(t, post(twoAlerts).do(s), "500")
	require.Contains(t, post(twoAlerts).do(s), `"the store is full: 1 alerts are not stored, the limit is 1"`)
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
	require.Equal(t, "the connection breaks", v1("[null]"))
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
	answer := get("/api/v2/status").do(s)
	require.Contains(t, answer, `"cluster":{"peers":[],"status":"disabled"}`)
	require.Contains(t, answer, `"config":{"original":"global:\n  resolve_timeout: 5m\nroute:\n  receiver: \"a \\\"b\\\"\"\n`)
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

func TestCountElements(t *testing.T) {
	for body, want := range map[string]int{
		"[]": 0, "": 0, "[ ]": 0, "[1]": 1, "[null,null]": 2, twoAlerts: 2, `[{"a":"],[\"\\"},{"b":[1,2,[3]]},"x,y", [ ] ]`: 4,
	} {
		require.Equal(t, want, countElements([]byte(body)), body)
	}
	require.JSONEq(t, `[{"labels":{"alertname":"A","i":"1"}}]`, string(firstElements([]byte(twoAlerts), 1)))
	require.Equal(t, "x", string(firstElements([]byte("x"), 1)))
}

func FuzzServer(f *testing.F) {
	for _, c := range calls() {
		f.Add(c.body)
	}
	s, err := New(Options{Behaviour: fakeam.Behaviour{Service: fakeam.Service{PerAlert: 1}}})
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, body string) {
		post(body).do(s)
		countElements([]byte(body))
	})
}
