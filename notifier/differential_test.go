package notifier_test

import (
	"math"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/notifysim/notifysim/notifier"
)

// The Manager and Prometheus' own notifier (of the module in go.mod) have the same observable behaviour for the same
// traffic: the same metrics with names, types, help, labels, values, quantiles and buckets, and the same requests with
// times, headers and bytes.
func TestSameAsLinkedNotifier(t *testing.T) {
	scripts := map[string]func(w *harness){
		"no Alertmanagers": func(w *harness) { w.sendNames("a") },
		"answers": func(w *harness) {
			w.discover([]string{"a", "b"}, []string{"c"})
			w.sendNames(numberedNames(700)...)
		},
		"failures": func(w *harness) {
			w.discover([]string{"a", "b"})
			w.behave("a", respond(http.StatusInternalServerError))
			w.behave("b", respondAfter(3*time.Second))
			for range 4 {
				w.sendNames(numberedNames(300)...)
				time.Sleep(2 * time.Second)
			}
		},
		"overflow": func(w *harness) {
			w.discover([]string{"a"})
			w.behave("a", hang)
			w.sendNames(numberedNames(900)...)
			w.sendNames(numberedNames(5000)...)
			w.sendNames(numberedNames(100)...)
			time.Sleep(25 * time.Second)
		},
		"churn": func(w *harness) {
			w.discover([]string{"a", "b"})
			w.behave("a", respondAfter(time.Second))
			w.sendNames(numberedNames(600)...)
			require.True(w.t, w.offer([]string{"b", "c"}))
			time.Sleep(5 * time.Second)
			w.sendNames("x")
			require.True(w.t, w.offer([]string{"a"}))
			w.sendNames("y")
			time.Sleep(5 * time.Second)
		},
		"shutdown": func(w *harness) {
			w.discover([]string{"a"})
			w.behave("a", respondAfter(3*time.Second))
			w.sendNames(numberedNames(600)...)
			w.Stop()
			w.sendNames("late")
			time.Sleep(time.Minute)
		},
	}
	for name, script := range scripts {
		for _, drain := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				real, realPosts := recordScript(t, linked, drain, script)
				ours, posts := recordScript(t, "v3.16.0", drain, script)
				require.NotEmpty(t, metricLines(real))
				require.Equal(t, metricLines(real), metricLines(ours))
				require.Equal(t, realPosts, posts)
			})
		}
	}
}

// recordScript runs a script with a Manager. It returns the metrics before and after Stop, and the requests.
func recordScript(
	t *testing.T, release string, drain bool, script func(*harness),
) (families []*dto.MetricFamily, requests []request) {
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t, release, notifier.Options{QueueCapacity: 2000, DrainOnShutdown: drain})
		w.run()
		script(w)
		gather := func() {
			f, err := w.reg.Gather()
			require.NoError(t, err)
			families = append(families, f...)
		}
		gather()
		w.stop()
		gather()
		requests = w.requests
	})
	slices.SortStableFunc(requests, func(a, b request) int {
		if a.at != b.at {
			return int(a.at - b.at)
		}
		return slices.Compare([]string{a.to, a.body}, []string{b.to, b.body})
	})
	for i := range requests {
		requests[i].header.Del("User-Agent") // the Prometheus module in go.mod was built without a version
	}
	return families, requests
}

// metricLines returns metric families as lines of text, without the times at which the series were created.
func metricLines(families []*dto.MetricFamily) (lines []string) {
	for _, f := range families {
		for _, m := range f.Metric {
			var none *timestamppb.Timestamp
			if m.Counter != nil {
				m.Counter.CreatedTimestamp = none
			}
			if m.Summary != nil {
				for _, q := range m.Summary.Quantile {
					if math.IsNaN(q.GetValue()) {
						q.Value = nil
					}
				}
			}
			lines = append(lines, f.GetName()+" "+f.GetHelp()+" "+f.GetType().String()+" "+m.String())
		}
	}
	return lines
}
