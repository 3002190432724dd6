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

// Everything that the real notifier of the linked module and ours show of the same traffic is the same: the metrics, with names,
// types, help, labels, values, quantiles and buckets, and the requests, with times, header and bytes.
func TestSameAsLinked(t *testing.T) {
	scripts := map[string]func(w *world){
		"nobody":  func(w *world) { w.sendNames("a") },
		"answers": func(w *world) { w.know([]string{"a", "b"}, []string{"c"}); w.sendNames(numbered(700)...) },
		"failures": func(w *world) {
			w.know([]string{"a", "b"})
			w.peer("a", answers(http.StatusInternalServerError))
			w.peer("b", after(3*time.Second))
			for range 4 {
				w.sendNames(numbered(300)...)
				time.Sleep(2 * time.Second)
			}
		},
		"overflow": func(w *world) {
			w.know([]string{"a"})
			w.peer("a", hangs)
			w.sendNames(numbered(900)...)
			w.sendNames(numbered(5000)...)
			w.sendNames(numbered(100)...)
			time.Sleep(25 * time.Second)
		},
		"churn": func(w *world) {
			w.know([]string{"a", "b"})
			w.peer("a", after(time.Second))
			w.sendNames(numbered(600)...)
			require.True(w.t, w.offer([]string{"b", "c"}))
			time.Sleep(5 * time.Second)
			w.sendNames("x")
			require.True(w.t, w.offer([]string{"a"}))
			w.sendNames("y")
			time.Sleep(5 * time.Second)
		},
		"shutdown": func(w *world) {
			w.know([]string{"a"})
			w.peer("a", after(3*time.Second))
			w.sendNames(numbered(600)...)
			w.Stop()
			w.sendNames("late")
			time.Sleep(time.Minute)
		},
	}
	for name, script := range scripts {
		for _, drain := range []bool{true, false} {
			t.Run(name, func(t *testing.T) {
				real, realPosts := observe(t, linked, drain, script)
				ours, posts := observe(t, "v3.15.0", drain, script)
				require.NotEmpty(t, text(real))
				require.Equal(t, text(real), text(ours))
				require.Equal(t, realPosts, posts)
			})
		}
	}
}

// observe returns what a Manager shows after a script, before and after it is stopped.
func observe(t *testing.T, release string, drain bool, script func(*world)) (families []*dto.MetricFamily, posts []post) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, release, notifier.Options{QueueCapacity: 2000, DrainOnShutdown: drain})
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
		posts = w.posts
	})
	slices.SortStableFunc(posts, func(a, b post) int {
		if a.at != b.at {
			return int(a.at - b.at)
		}
		return slices.Compare([]string{a.to, a.body}, []string{b.to, b.body})
	})
	for i := range posts {
		posts[i].header.Del("User-Agent") // the linked module was built without a version
	}
	return families, posts
}

// text returns families as text, without the times at which series were made, which a Core does not know.
func text(families []*dto.MetricFamily) (lines []string) {
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
