package notifier_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"
	prom "github.com/prometheus/prometheus/notifier"

	"github.com/notifysim/notifysim/notifier"
	"github.com/notifysim/notifysim/notifier/core"
)

// linked is the name under which tests run the real notifier of the linked module, which is that of v3.15.
const linked = "prometheus"

// A subject is what Managers have in common.
type subject interface {
	ApplyConfig(*config.Config) error
	Run(<-chan map[string][]*targetgroup.Group)
	Stop()
	Alertmanagers() []*url.URL
	DroppedAlertmanagers() []*url.URL
}

// A world is a Manager and its Alertmanagers in memory, by address. Those that nobody described answer 200 at once.
type world struct {
	subject
	t     *testing.T
	send  func(alerts ...*notifier.Alert)
	reg   *prometheus.Registry
	begun time.Time
	tsets chan map[string][]*targetgroup.Group
	ended chan struct{} // closed when Run has returned

	mu    sync.Mutex
	peers map[string]peer
	posts []post
}

// A peer is what an Alertmanager does with a request that it has read.
type peer func(ctx context.Context) (status int, err error)

func answers(status int) peer { return func(context.Context) (int, error) { return status, nil } }

func hangs(ctx context.Context) (int, error) {
	<-ctx.Done()
	return 0, ctx.Err()
}

// after answers 200 after a while.
func after(d time.Duration) peer {
	return func(ctx context.Context) (int, error) {
		select {
		case <-time.After(d):
			return http.StatusOK, nil
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// A post is a request that reached an Alertmanager.
type post struct {
	at     time.Duration // since the world began
	to     string
	path   string
	header http.Header
	body   string
	alerts []string // their names
}

// inWorld runs f in virtual time with a running Manager of a release. f sees to it that Run returns, or leaves that to stop.
func inWorld(t *testing.T, release string, opt notifier.Options, f func(w *world)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, release, opt)
		w.run()
		defer w.stop()
		f(w)
	})
}

func newWorld(t *testing.T, release string, opt notifier.Options) *world {
	w := &world{
		t: t, reg: prometheus.NewPedanticRegistry(), begun: time.Now(), peers: map[string]peer{},
		tsets: make(chan map[string][]*targetgroup.Group), ended: make(chan struct{}),
	}
	if opt.QueueCapacity == 0 {
		opt.QueueCapacity = 10_000
	}
	opt.Registerer = w.reg
	if opt.Do == nil {
		opt.Do = w.do
	}
	if release == linked {
		m := prom.NewManager(&prom.Options{
			QueueCapacity: opt.QueueCapacity, DrainOnShutdown: opt.DrainOnShutdown, ExternalLabels: opt.ExternalLabels,
			RelabelConfigs: opt.RelabelConfigs, Do: opt.Do, Registerer: opt.Registerer, MaxBatchSize: opt.MaxBatchSize,
		}, model.UTF8Validation, nil)
		w.subject = m
		w.send = func(alerts ...*notifier.Alert) { m.Send(realAlerts(alerts)...) }
		return w
	}
	rel, err := core.ParseRelease(release)
	require.NoError(t, err)
	opt.Release = rel
	m := notifier.NewManager(&opt, model.UTF8Validation, nil)
	w.subject, w.send = m, m.Send
	return w
}

func realAlerts(alerts []*notifier.Alert) []*prom.Alert {
	real := make([]*prom.Alert, len(alerts))
	for i, a := range alerts {
		real[i] = &prom.Alert{
			Labels: a.Labels, Annotations: a.Annotations, StartsAt: a.StartsAt, EndsAt: a.EndsAt, GeneratorURL: a.GeneratorURL,
		}
	}
	return real
}

func (w *world) run() { go func() { defer close(w.ended); w.Run(w.tsets) }(); synctest.Wait() }

// stop stops the Manager and waits for Run, and for what it left in flight.
func (w *world) stop() {
	w.Stop()
	<-w.ended
	synctest.Wait()
	time.Sleep(time.Hour)
}

func (w *world) do(ctx context.Context, _ *http.Client, req *http.Request) (*http.Response, error) {
	b, err := io.ReadAll(req.Body)
	if err = errors.Join(err, req.Body.Close()); err != nil {
		return nil, err
	}
	var alerts []struct{ Labels map[string]string }
	if err := json.Unmarshal(b, &alerts); err != nil {
		return nil, err
	}
	p := post{at: time.Since(w.begun), to: req.URL.Host, path: req.URL.Path, header: req.Header, body: string(b), alerts: []string{}}
	for _, a := range alerts {
		p.alerts = append(p.alerts, a.Labels["alertname"])
	}
	w.mu.Lock()
	w.posts = append(w.posts, p)
	answer := w.peers[p.to]
	w.mu.Unlock()
	if answer == nil {
		answer = answers(http.StatusOK)
	}
	status, err := answer(ctx)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: status, Status: http.StatusText(status), Body: http.NoBody}, nil
}

// peer says what an Alertmanager does from now on.
func (w *world) peer(address string, p peer) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.peers[address] = p
}

// settle lets everything happen that happens now.
func (w *world) settle() { synctest.Wait() }

// sendNames sends alerts of these names in one call, and lets what follows at once happen.
func (w *world) sendNames(names ...string) {
	w.send(named(names...)...)
	w.settle()
}

func named(names ...string) []*notifier.Alert {
	alerts := make([]*notifier.Alert, len(names))
	for i, n := range names {
		alerts[i] = &notifier.Alert{Labels: labels.FromStrings("alertname", n)}
	}
	return alerts
}

// numbered returns n names, from a1 on.
func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("a%d", i+1)
	}
	return names
}

// offer is what service discovery does: it reports whether somebody took the addresses of the sets.
func (w *world) offer(sets ...[]string) bool {
	tsets := map[string][]*targetgroup.Group{}
	for i, addresses := range sets {
		g := &targetgroup.Group{}
		for _, a := range addresses {
			g.Targets = append(g.Targets, model.LabelSet{model.AddressLabel: model.LabelValue(a)})
		}
		tsets[fmt.Sprintf("config-%d", i)] = []*targetgroup.Group{g}
	}
	select {
	case w.tsets <- tsets:
		w.settle()
		return true
	default:
		return false
	}
}

// know configures one set for each list of addresses, and has the Manager know them.
func (w *world) know(sets ...[]string) {
	w.t.Helper()
	entries := make([]config.AlertmanagerConfig, len(sets))
	for i := range entries {
		entries[i].Timeout = model.Duration(time.Duration(10+i) * time.Second) // alike, releases before v2.15 would merge them
	}
	w.apply(entries...)
	require.True(w.t, w.offer(sets...))
	w.mu.Lock()
	w.posts = nil // the requests without alerts of old releases
	w.mu.Unlock()
}

// apply applies a configuration with these entries; what they leave open is Prometheus' default.
func (w *world) apply(entries ...config.AlertmanagerConfig) {
	w.t.Helper()
	require.NoError(w.t, w.ApplyConfig(configOf(entries...)))
}

func configOf(entries ...config.AlertmanagerConfig) *config.Config {
	cfg := &config.Config{GlobalConfig: config.DefaultGlobalConfig}
	for _, e := range entries {
		amc := config.DefaultAlertmanagerConfig
		amc.RelabelConfigs, amc.AlertRelabelConfigs = e.RelabelConfigs, e.AlertRelabelConfigs
		if e.Timeout != 0 {
			amc.Timeout = e.Timeout
		}
		amc.PathPrefix, amc.SigV4Config = e.PathPrefix, e.SigV4Config
		amc.HTTPClientConfig.TLSConfig = e.HTTPClientConfig.TLSConfig
		cfg.AlertingConfig.AlertmanagerConfigs = append(cfg.AlertingConfig.AlertmanagerConfigs, &amc)
	}
	return cfg
}

// dropping is a rule that drops the alerts whose names match.
func dropping(names string) []*relabel.Config {
	return []*relabel.Config{{
		SourceLabels: model.LabelNames{"alertname"}, Separator: ";", Regex: relabel.MustNewRegexp(names), Action: relabel.Drop,
	}}
}

// setting is a rule that gives every alert a label.
func setting(name, value string) []*relabel.Config {
	return []*relabel.Config{{
		Separator: ";", Regex: relabel.MustNewRegexp("(.*)"), TargetLabel: name, Replacement: value, Action: relabel.Replace,
		NameValidationScheme: model.UTF8Validation,
	}}
}
