package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
)

// A recordServer answers queries like a Prometheus whose alert NodeDown fired for n1 at the given Unix seconds.
type recordServer struct {
	fired    []int64
	requests []string
}

var rangeOf = regexp.MustCompile(`^(ALERTS|ALERTS_FOR_STATE)\[(\d+)ms\]$`)

func (s *recordServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := r.FormValue("query")
	s.requests = append(s.requests, r.URL.Path+" "+query)
	ms := func(name string) int64 {
		x, _ := strconv.ParseFloat(r.FormValue(name), 64)
		return int64(x * 1000)
	}
	var from, to int64
	switch m := rangeOf.FindStringSubmatch(query); {
	case m != nil:
		length, _ := strconv.ParseInt(m[2], 10, 64)
		to = ms("time")
		from = to - length // both ends belong to the range, as in Prometheus 2
	case strings.HasSuffix(r.URL.Path, "query_range"):
		from, to = ms("start"), ms("end")
	default:
		fmt.Fprint(w, `{"status":"success","data":{"resultType":"vector","result":[
			{"metric":{"alertmanager":"http://am-a:9093/api/v2/alerts","quantile":"0.99"},"value":[0,"0.25"]},
			{"metric":{"alertmanager":"http://am-a:9093/api/v2/alerts","quantile":"0.5"},"value":[0,"0.02"]},
			{"metric":{"alertmanager":"http://am-b:9093/api/v2/alerts","quantile":"0.5"},"value":[0,"NaN"]}]}}`)
		return
	}
	var values []string
	for _, at := range s.fired {
		if at*1000 >= from && at*1000 <= to {
			values = append(values, fmt.Sprintf(`[%d,"1"]`, at))
		}
	}
	series := ""
	if len(values) > 0 && strings.HasPrefix(query, "ALERTS[") || query == "ALERTS" {
		series = `{"metric":{"__name__":"ALERTS","alertname":"NodeDown","alertstate":"firing","node":"n\"1\""},"values":[` +
			strings.Join(values, ",") + `]}`
	}
	fmt.Fprintf(w, `{"status":"success","data":{"resultType":"matrix","result":[%s]}}`, series)
}

// A scenario can use the file that notifysim record writes as its recording.
func TestRecord(t *testing.T) {
	s := &recordServer{}
	for at := int64(1_700_000_000); at <= 1_700_007_200; at += 60 {
		s.fired = append(s.fired, at)
	}
	server := httptest.NewServer(s)
	defer server.Close()
	t.Chdir(t.TempDir())
	args := []string{"record", "--prometheus", server.URL, "--from", "1700000000", "--to", "2023-11-15T00:13:20Z"}
	got := command(append(args, "--file", "alerts.om")...)
	require.Equal(t, ended{}, got)
	text, err := os.ReadFile("alerts.om")
	require.NoError(t, err)
	require.Equal(t, string(text), command(args...).out)
	lines := strings.Split(string(text), "\n")
	require.Equal(t, []string{
		"# HELP ALERTS Alerts from 2023-11-14T22:13:20Z to 2023-11-15T00:13:20Z.",
		"# HELP prometheus_notifications_latency_seconds The largest quantiles of the time: " +
			"http://am-a:9093/api/v2/alerts 0.5: 0.02s, http://am-a:9093/api/v2/alerts 0.99: 0.25s.",
		`ALERTS{alertname="NodeDown",alertstate="firing",node="n\"1\""} 1.0 1700000000.000`,
	}, lines[:3])
	require.Len(t, lines, 2+121+2, "a sample that two requests return is written once")

	require.NoError(t, os.WriteFile("x.yml", []byte(`
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
evaluation_interval: 1m
tests: [{name: x, recording: alerts.om, ledger_test: [{eval_time: 1h, exp_delivered: 31}]}]
`), 0o644))
	f, err := scenarios.Load("x.yml")
	require.NoError(t, err)
	require.Equal(t, []string{`NodeDown{node="n\"1\""}`}, f.Tests[0].Series[0].Names)
	require.Len(t, f.Tests[0].Series[0].Firing, 121)
	require.Equal(t, exitPass, command("test", "x.yml").code, command("test", "x.yml").out)

	s.requests = nil
	require.Equal(t, string(text), command(append(args, "--step", "1m")...).out)
	require.Equal(t, []string{"/api/v1/query_range ALERTS", "/api/v1/query_range ALERTS_FOR_STATE"}, s.requests[:2])
}

func TestRecordMistakes(t *testing.T) {
	silent := httptest.NewServer(&recordServer{})
	defer silent.Close()
	released := make(chan struct{})
	hung := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-released }))
	defer hung.Close()
	defer close(released)
	endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		block := []byte(strings.Repeat(" ", 1<<20))
		for range 70 {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}))
	defer endless.Close()
	for _, c := range []struct {
		args string
		code int
		want string
	}{
		{"--prometheus localhost:9090 --from 0 --to 60", exitUsage,
			"--prometheus is not a URL; write one such as http://localhost:9090"},
		{"--prometheus http://x --from yesterday --to 60", exitUsage, `--from "yesterday": not a time`},
		{"--prometheus http://x --from 60 --to 60", exitUsage, "the recording ends before it begins"},
		{"--prometheus http://x --from 60 --to 3e6", exitUsage, "above the limit of 744h0m0s"},
		{"--prometheus http://x --from 0 --to 60 --step 1", exitUsage, `--step "1": write a duration such as 1m`},
		{"--prometheus http://x --from 0 --to 60 --step 1ms", exitUsage, "--step is out of range; write 1s to 1h"},
		{"--prometheus http://x --from 0 --to 60 --timeout 0s", exitUsage, "--timeout is out of range"},
		{"--prometheus " + silent.URL + " --from 0 --to 60", exitUsage, "the server has no ALERTS in this time"},
		{"--prometheus " + hung.URL + " --from 0 --to 60 --timeout 20ms", exitUsage,
			"no response within 20ms; write a longer --timeout"},
		{"--prometheus " + endless.URL + " --from 0 --to 60", exitUsage,
			"the response is longer than the limit of 64 MiB"},
		{"--prometheus " + silent.URL + " --from 0 --to 60 --file " + filepath.Join("no", "such", "folder.om"), exitInternal,
			"no/such/folder.om: no such file"},
	} {
		begun := time.Now()
		got := command(strings.Fields("record " + c.args)...)
		require.Equal(t, c.code, got.code, "%s: %s", c.args, got.err)
		require.Contains(t, got.err, c.want)
		require.Less(t, time.Since(begun), time.Minute)
	}
}
