//go:build e2e

package main

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Prometheus, as installed from the distribution, opens the TSDB block that --tsdb wrote, and answers queries about its
// series.
func TestE2EPrometheusOpensARun(t *testing.T) {
	binary, err := exec.LookPath("prometheus")
	require.NoError(t, err, "install Prometheus, which this test needs")
	dir, errs, code := writeSeries(t, seriesScenario, "--tsdb", "data")
	require.Equal(t, exitPass, code, errs)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "prometheus.yml"), []byte("global: {}\n"), 0o644))
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := free.Addr().String()
	require.NoError(t, free.Close())
	var log bytes.Buffer
	cmd := exec.Command(binary, "--config.file=prometheus.yml", "--storage.tsdb.path=data",
		"--storage.tsdb.retention.time=100y", "--web.listen-address="+address)
	cmd.Dir, cmd.Stderr = dir, &log
	require.NoError(t, cmd.Start())
	defer func() {
		require.NoError(t, cmd.Process.Kill())
		_ = cmd.Wait() // returns an error, because the process was killed
	}()
	require.Eventually(t, func() bool {
		res, err := http.Get("http://" + address + "/-/ready")
		if err != nil {
			return false
		}
		res.Body.Close()
		return res.StatusCode == http.StatusOK
	}, time.Minute, 100*time.Millisecond, "Prometheus is not ready")
	res, err := http.Get("http://" + address + "/api/v1/query?" + url.Values{
		"time": {"60"}, "query": {`sum by (to) (alerts_delivered_total)`},
	}.Encode())
	require.NoError(t, err)
	defer res.Body.Close()
	var answer struct {
		Data struct {
			Result []struct {
				Metric map[string]string
				Value  [2]any
			}
		}
	}
	require.NoError(t, json.NewDecoder(res.Body).Decode(&answer))
	require.Len(t, answer.Data.Result, 2)
	for _, r := range answer.Data.Result {
		require.Equal(t, "8", r.Value[1], r.Metric["to"])
	}
}
