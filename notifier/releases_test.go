package notifier_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	promconfig "github.com/prometheus/common/config"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"

	"github.com/notifysim/notifysim/notifier"
)

// How many requests without alerts a target update causes, and how many a Send whose alerts are all dropped.
func TestEmptyRequests(t *testing.T) {
	for release, want := range map[string]struct{ targets, send int }{
		"v2.5": {1, 1}, "v2.9.2": {1, 1}, "v2.10": {1, 0}, "v2.14": {1, 0}, "v2.15": {0, 0}, "v2.53": {0, 0},
		"v3.9":  {0, 0},
		"v3.16": {0, 0}, linked: {0, 0},
	} {
		t.Run(release, func(t *testing.T) {
			opt := notifier.Options{RelabelConfigs: dropping("gone")}
			withHarness(t, release, opt, func(w *harness) {
				cfg := configOf(config.AlertmanagerConfig{})
				cfg.AlertingConfig.AlertRelabelConfigs = dropping("gone")
				require.NoError(t, w.ApplyConfig(cfg))
				require.True(t, w.offer([]string{"a"}))
				require.Len(t, w.received("a"), want.targets)
				if want.targets > 0 {
					require.Equal(t, "[]", w.requests[0].body)
					require.Equal(t, 1.0, w.metric("latency_seconds", "a"))
					require.Equal(t, 0.0, w.metric("sent_total", "a"))
				}
				w.sendNames("gone")
				require.Len(t, w.received("a"), want.targets+want.send)
			})
		})
	}
}

// Header, path and body of a request with alerts.
func TestHeaderPathAndBody(t *testing.T) {
	const (
		v1 = `[{"labels":{"alertname":"a","x":"1"},"annotations":{},"startsAt":"2026-11-22T11:27:15.123456789Z",` +
			`"endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://p/g"}]`
		v2 = `[{"endsAt":"0001-01-01T00:00:00.000Z","startsAt":"2026-11-22T11:27:15.123Z",` +
			`"generatorURL":"http://p/g","labels":{"alertname":"a","x":"1"}}]`
	)
	for _, want := range []struct {
		release               string
		asked                 config.AlertmanagerAPIVersion
		userAgent, path, body string
	}{
		{"v2.5", "", "", "/pre/api/v1/alerts", v1},
		{"v2.6.0", "", "Prometheus/2.6.0", "/pre/api/v1/alerts", v1},
		{"v2.10", "v2", "Prometheus/2.10", "/pre/api/v1/alerts", v1}, // there is no api_version
		{"v2.11.0", "v2", "Prometheus/2.11.0", "/pre/api/v2/alerts", v2},
		{"2.25.2", "", "Prometheus/2.25.2", "/pre/api/v1/alerts", v1},
		{"2.25.2", "v1", "Prometheus/2.25.2", "/pre/api/v1/alerts", v1},
		{"2.25.2", "v2", "Prometheus/2.25.2", "/pre/api/v2/alerts", v2},
		{"v2.26", "", "Prometheus/2.26", "/pre/api/v2/alerts", v2},
		{"v2.55", "v1", "Prometheus/2.55", "/pre/api/v1/alerts", v1},
		{"v3.16", "", "Prometheus/3.16", "/pre/api/v2/alerts", v2},
		{"v3.16", "v2", "Prometheus/3.16", "/pre/api/v2/alerts", v2},
		{linked, "", "Prometheus/", "/pre/api/v2/alerts", v2},
	} {
		t.Run(want.release+string(want.asked), func(t *testing.T) {
			withHarness(t, want.release, notifier.Options{}, func(w *harness) {
				w.apply(config.AlertmanagerConfig{PathPrefix: "/pre/", APIVersion: want.asked})
				require.True(t, w.offer([]string{"noport"}))
				w.requests = nil
				w.send(&notifier.Alert{
					Labels:       labels.FromStrings("alertname", "a", "x", "1"),
					StartsAt:     time.Date(2026, 11, 22, 11, 27, 15, 123_456_789, time.UTC),
					GeneratorURL: "http://p/g",
				})
				w.wait()
				require.Len(t, w.requests, 1)
				p := w.requests[0]
				require.Equal(t, "noport", p.to) // the address has no port, and none is added
				require.Equal(t, want.path, p.path)
				require.Equal(t, "http://noport"+want.path, w.Alertmanagers()[0].String())
				require.Equal(t, want.body, p.body)
				require.Equal(t, want.userAgent, p.header.Get("User-Agent"))
				require.Equal(t, "application/json", p.header.Get("Content-Type"))
			})
		})
	}
}

// Up to v2.14, of two entries that are equal but for their regular expressions just the last one existed. A secret or
// the version of the API made them two, but naming the version that is the default did not.
func TestEntriesThatDifferInOneField(t *testing.T) {
	password := func(s promconfig.Secret) (e config.AlertmanagerConfig) {
		e.HTTPClientConfig.BasicAuth = &promconfig.BasicAuth{Username: "u", Password: s}
		return e
	}
	for name, c := range map[string]struct {
		one, other config.AlertmanagerConfig
		want       map[string]int // by release
	}{
		"regular expression": {
			config.AlertmanagerConfig{RelabelConfigs: dropping("x")},
			config.AlertmanagerConfig{RelabelConfigs: dropping("y")},
			map[string]int{"v2.5": 1, "v2.14.0": 1, "v2.15.0": 2, "v3.16": 2, linked: 2},
		},
		"secret": {
			password("x"), password("y"),
			map[string]int{"v2.5": 2, "v2.14.0": 2, "v2.15.0": 2, "v3.16": 2, linked: 2},
		},
		"same secret": {password("x"), password("x"), map[string]int{"v2.5": 1, "v2.14.0": 1, "v2.15.0": 2}},
		"API version": {
			config.AlertmanagerConfig{APIVersion: "v2"}, config.AlertmanagerConfig{},
			map[string]int{"v2.10": 1, "v2.11.0": 2, "v2.14.0": 2, "v2.15.0": 2, "v3.16": 2},
		},
		"default API version": {
			config.AlertmanagerConfig{APIVersion: "v1"}, config.AlertmanagerConfig{},
			map[string]int{"v2.11.0": 1, "v2.14.0": 1, "v2.15.0": 2},
		},
	} {
		for release, want := range c.want {
			t.Run(name+" "+release, func(t *testing.T) {
				withHarness(t, release, notifier.Options{}, func(w *harness) {
					w.apply(c.one, c.other)
					w.offer([]string{"a"}, []string{"b"})
					require.Len(t, w.Alertmanagers(), want)
					require.Equal(t, float64(want), w.metric("alertmanagers_discovered", ""))
				})
			})
		}
	}
}

// Up to v2.44 the labels __scheme__ and __alerts_path__ of a target group were ignored. Other labels of the group could
// always be used by relabel_configs.
func TestSchemeAndPathOfATargetGroup(t *testing.T) {
	copied := []*relabel.Config{{
		SourceLabels: model.LabelNames{"path"}, Separator: ";", Regex: relabel.MustNewRegexp("(.+)"),
		TargetLabel: "__alerts_path__", Replacement: "$1", Action: relabel.Replace,
		NameValidationScheme: model.UTF8Validation,
	}}
	for release, want := range map[string]string{
		"v2.10": "http://a/api/v1/alerts", "v2.37": "http://a/api/v2/alerts", "v2.44.0": "http://a/api/v2/alerts",
		"v2.45.0": "https://a/other", "v3.9": "https://a/other", "v3.16": "https://a/other", linked: "https://a/other",
	} {
		t.Run(release, func(t *testing.T) {
			withHarness(t, release, notifier.Options{}, func(w *harness) {
				w.apply(config.AlertmanagerConfig{RelabelConfigs: copied})
				tsets := targetsOf("a")
				tsets["config-0"][0].Labels = model.LabelSet{"__scheme__": "https", "__alerts_path__": "/other"}
				w.tsets <- tsets
				w.wait()
				require.Equal(t, want, w.Alertmanagers()[0].String())
				tsets["config-0"][0].Labels["path"] = "/relabelled"
				w.tsets <- tsets
				w.wait()
				require.Equal(t, "/relabelled", w.Alertmanagers()[0].Path)
			})
		})
	}
}

// Since v3.0 a reload keeps the Alertmanagers of an unchanged entry. One that names the default version of the API is
// the same as one that names none.
func TestReloadThatNamesTheDefaultAPIVersion(t *testing.T) {
	withHarness(t, "v3.0", notifier.Options{}, func(w *harness) {
		w.apply(config.AlertmanagerConfig{})
		w.offer([]string{"a"})
		w.apply(config.AlertmanagerConfig{APIVersion: "v2"})
		require.Len(t, w.Alertmanagers(), 1)
	})
}

// Up to v2.53 a target update is received only when the queue is empty. If an Alertmanager hangs, that is after each
// queued batch has timed out.
func TestTargetUpdatesStarve(t *testing.T) {
	for release, starves := range map[string]bool{
		"v2.5": true, "v2.37": true, "v2.53.3": true, "v2.54.1": false, "v3.9": false, "v3.16": false, linked: false,
	} {
		t.Run(release, func(t *testing.T) {
			withHarness(t, release, notifier.Options{MaxBatchSize: 64}, func(w *harness) {
				w.discover([]string{"hung"})
				w.behave("hung", hang)
				w.sendNames(numberedNames(640)...)
				tries := 0
				for ; !w.offer([]string{"good"}); tries++ {
					time.Sleep(3 * time.Second)
				}
				if starves {
					require.Len(t, w.received("hung"), 10)
					require.Empty(t, slices.Concat(w.received("good")...))
					require.Equal(t, 34, tries) // the queue holds 10 batches, each times out after 10 s
					return
				}
				require.Zero(t, tries)
				require.Len(t, w.received("hung"), 1)
			})
		})
	}
}

// In which releases a set has relabelling of its own, and in which this also changes the alerts of other sets.
func TestSetRelabeling(t *testing.T) {
	for release, want := range map[string]struct{ own, other bool }{
		"v2.50": {false, false}, "v2.51.2": {true, true}, "v3.6": {true, true},
		"v3.7": {true, false}, "v3.9": {true, false},
		"v3.16": {true, false}, linked: {true, false},
	} {
		t.Run(release, func(t *testing.T) {
			withHarness(t, release, notifier.Options{}, func(w *harness) {
				w.apply(config.AlertmanagerConfig{AlertRelabelConfigs: setting("x", "yes")}, config.AlertmanagerConfig{})
				require.True(t, w.offer([]string{"a"}, []string{"b"}))
				alerts := alertsNamed("one")
				w.send(alerts...)
				w.wait()
				require.Len(t, w.requests, 2)
				for _, p := range w.requests {
					want := map[string]bool{"a": want.own, "b": want.other}[p.to]
					require.Equal(t, want, strings.Contains(p.body, `"x":"yes"`), p.to)
				}
				// The alerts of the caller are not changed. Prometheus itself changes them since v2.39.0.
				require.Equal(t, labels.FromStrings("alertname", "one"), alerts[0].Labels)
			})
		})
	}
}

// In v2.51.0 and v2.51.1 a set whose relabelling drops a whole batch never releases its lock.
func TestSetRelabelingDeadlock(t *testing.T) {
	for release, want := range map[string]struct {
		hangs   bool
		dropped float64
	}{
		"v2.51.0": {true, 1}, "v2.51.2": {false, 1}, "v3.2": {false, 1}, "v3.3": {false, 0},
	} {
		t.Run(release, func(t *testing.T) {
			withHarness(t, release, notifier.Options{}, func(w *harness) {
				w.apply(config.AlertmanagerConfig{AlertRelabelConfigs: dropping("a1")})
				require.True(t, w.offer([]string{"a"}))
				w.sendNames("a1")
				require.Empty(t, w.received("a"))
				require.Equal(t, want.dropped, w.metric("dropped_total", ""))
				require.True(t, w.offer([]string{"a"}))
				sent := make(chan struct{})
				go func() { w.sendNames("a2"); close(sent) }()
				time.Sleep(time.Hour)
				select {
				case <-sent:
					require.False(t, want.hangs)
				default:
					require.True(t, want.hangs)
					notifier.BreakLock(w.managerAPI.(*notifier.Manager))
					<-sent
				}
			})
		})
	}
}

// In some releases Alertmanagers stay active when the same configuration is reloaded.
func TestReloadOfSameConfiguration(t *testing.T) {
	for release, kept := range map[string]bool{
		"v2.5": false, "v2.55": false, "v3.0": true, "v3.9": true, "v3.16": true, linked: true,
	} {
		t.Run(release, func(t *testing.T) {
			withHarness(t, release, notifier.Options{}, func(w *harness) {
				w.discover([]string{"a"})
				w.apply(config.AlertmanagerConfig{})
				w.sendNames("a1")
				if kept {
					require.Equal(t, [][]string{{"a1"}}, w.received("a"))
				} else {
					require.Empty(t, w.received("a"))
					require.Equal(t, 1.0, w.metric("dropped_total", ""))
				}
				require.Equal(t, map[bool]int{true: 1}[kept], len(w.Alertmanagers()))
				// All releases forget the Alertmanagers of an entry that has changed. From v3.3 on the alerts lost
				// thereby are not counted.
				w.apply(config.AlertmanagerConfig{Timeout: model.Duration(time.Second)})
				require.Empty(t, w.Alertmanagers())
				w.sendNames("a2")
				require.NotContains(t, w.received("a"), []string{"a2"})
			})
		})
	}
}

// From v3.0 on the series of an Alertmanager are deleted when it leaves.
func TestSeriesOfRemovedAlertmanager(t *testing.T) {
	for release, stays := range map[string]bool{
		"v2.5": true, "v2.55": true, "v3.0": false, "v3.9": false, "v3.16": false, linked: false,
	} {
		t.Run(release, func(t *testing.T) {
			withHarness(t, release, notifier.Options{}, func(w *harness) {
				w.discover([]string{"a"})
				w.sendNames("a1")
				require.True(t, w.offer([]string{"b"}))
				for name, value := range map[string]float64{"sent_total": 1, "errors_total": 0} {
					if !stays {
						value = -1
					}
					require.Equal(t, value, w.metric(name, "a"), name)
				}
				require.Equal(t, 0.0, w.metric("errors_total", "b"))
				require.Equal(t, stays, w.metric("latency_seconds", "a") > 0)
			})
		})
	}
}

// The largest number of alerts in a request, without and with --alertmanager.notification-batch-size.
func TestBatchSize(t *testing.T) {
	for release, want := range map[string]struct{ size, flag int }{
		"v2.5": {64, 64}, "v3.3": {64, 64}, "v3.4": {256, 10}, "v3.16": {256, 10}, linked: {256, 10},
	} {
		for _, flag := range []int{0, 10} {
			t.Run(release, func(t *testing.T) {
				withHarness(t, release, notifier.Options{MaxBatchSize: flag}, func(w *harness) {
					w.discover([]string{"a"})
					w.sendNames(numberedNames(300)...)
					size := want.size
					if flag > 0 {
						size = want.flag
					}
					require.Equal(t, numberedNames(size), w.received("a")[0])
				})
			})
		}
	}
}

// latency_histogram_seconds exists from v3.9.0 on.
func TestHistogram(t *testing.T) {
	for release, want := range map[string]float64{"v3.8": -1, "v3.9": 1, "v3.16": 1, linked: 1} {
		withHarness(t, release, notifier.Options{}, func(w *harness) {
			w.discover([]string{"a"})
			w.sendNames("a1")
			require.Equal(t, want, w.metric("latency_histogram_seconds", "a"), release)
			require.Equal(t, 1.0, w.metric("latency_seconds", "a"), release)
		})
	}
}

// Up to v3.9 a healthy Alertmanager gets its next request only after that to a hanging one has ended.
func TestHangingAlertmanagerAndItsPeer(t *testing.T) {
	for release, together := range map[string]bool{
		"v2.5": true, "v3.9": true, "v3.10": false, "v3.16": false, linked: false,
	} {
		t.Run(release, func(t *testing.T) {
			withHarness(t, release, notifier.Options{}, func(w *harness) {
				w.discover([]string{"good", "hung"})
				w.behave("hung", hang)
				for range 5 {
					w.sendNames("x")
					time.Sleep(time.Second)
				}
				require.Len(t, w.received("good"), map[bool]int{true: 1, false: 5}[together])
				label := ""
				if !together {
					label = "hung"
				}
				require.Equal(t, 4.0, w.metric("queue_length", label))
				require.Equal(t, 10000.0, w.metric("queue_capacity", "")) // it has no label in any release
			})
		})
	}
}
