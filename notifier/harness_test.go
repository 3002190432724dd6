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

// linked is the release name for which tests run Prometheus' own notifier, of the module in go.mod (v3.16).
const linked = "prometheus"

// managerAPI are the methods that this package's Manager and Prometheus' have in common.
type managerAPI interface {
	ApplyConfig(*config.Config) error
	Run(<-chan map[string][]*targetgroup.Group)
	Stop()
	Alertmanagers() []*url.URL
	DroppedAlertmanagers() []*url.URL
}

// A harness is a Manager with in-memory Alertmanagers, by address. An Alertmanager without a behaviour answers 200 at
// once.
type harness struct {
	managerAPI
	t       *testing.T
	send    func(alerts ...*notifier.Alert)
	reg     *prometheus.Registry
	started time.Time
	tsets   chan map[string][]*targetgroup.Group
	ended   chan struct{} // closed when Run has returned

	mu         sync.Mutex
	behaviours map[string]behaviour
	requests   []request
}

// A behaviour decides how an Alertmanager answers a request whose body it has read.
type behaviour func(ctx context.Context) (status int, err error)

func respond(status int) behaviour { return func(context.Context) (int, error) { return status, nil } }

func hang(ctx context.Context) (int, error) {
	<-ctx.Done()
	return 0, ctx.Err()
}

// respondAfter answers 200 after d.
func respondAfter(d time.Duration) behaviour {
	return func(ctx context.Context) (int, error) {
		select {
		case <-time.After(d):
			return http.StatusOK, nil
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// A request is one that arrived at an Alertmanager.
type request struct {
	at     time.Duration // since the start of the test
	to     string
	path   string
	header http.Header
	body   string
	alerts []string // names of the alerts
}

// withHarness runs f with a running Manager of a release, in a synctest bubble, and then stops the Manager.
func withHarness(t *testing.T, release string, opt notifier.Options, f func(w *harness)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		w := newHarness(t, release, opt)
		w.run()
		defer w.stop()
		f(w)
	})
}

func newHarness(t *testing.T, release string, opt notifier.Options) *harness {
	w := &harness{
		t: t, reg: prometheus.NewPedanticRegistry(), started: time.Now(), behaviours: map[string]behaviour{},
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
		w.managerAPI = linkedManager{m}
		w.send = func(alerts ...*notifier.Alert) { m.Send(promAlerts(alerts)...) }
		return w
	}
	rel, err := core.ParseRelease(release)
	require.NoError(t, err)
	opt.Release = rel
	m := notifier.NewManager(&opt, model.UTF8Validation, nil)
	w.managerAPI, w.send = m, m.Send
	return w
}

// A linkedManager is Prometheus' Manager, which does not know entries without an API version: config.Load fills it in.
type linkedManager struct{ *prom.Manager }

func (m linkedManager) ApplyConfig(cfg *config.Config) error {
	for _, amc := range cfg.AlertingConfig.AlertmanagerConfigs {
		if amc.APIVersion == "" {
			amc.APIVersion = config.AlertmanagerAPIVersionV2
		}
	}
	return m.Manager.ApplyConfig(cfg)
}

func promAlerts(alerts []*notifier.Alert) []*prom.Alert {
	real := make([]*prom.Alert, len(alerts))
	for i, a := range alerts {
		real[i] = &prom.Alert{
			Labels: a.Labels, Annotations: a.Annotations,
			StartsAt: a.StartsAt, EndsAt: a.EndsAt, GeneratorURL: a.GeneratorURL,
		}
	}
	return real
}

func (w *harness) run() { go func() { defer close(w.ended); w.Run(w.tsets) }(); synctest.Wait() }

// stop stops the Manager, and waits until Run has returned and the requests in flight have ended.
func (w *harness) stop() {
	w.Stop()
	<-w.ended
	synctest.Wait()
	time.Sleep(time.Hour)
}

func (w *harness) do(ctx context.Context, _ *http.Client, req *http.Request) (*http.Response, error) {
	b, err := io.ReadAll(req.Body)
	if err = errors.Join(err, req.Body.Close()); err != nil {
		return nil, err
	}
	var alerts []struct{ Labels map[string]string }
	if err := json.Unmarshal(b, &alerts); err != nil {
		return nil, err
	}
	p := request{
		at: time.Since(w.started), to: req.URL.Host, path: req.URL.Path, header: req.Header,
		body: string(b), alerts: []string{},
	}
	for _, a := range alerts {
		p.alerts = append(p.alerts, a.Labels["alertname"])
	}
	w.mu.Lock()
	w.requests = append(w.requests, p)
	answer := w.behaviours[p.to]
	w.mu.Unlock()
	if answer == nil {
		answer = respond(http.StatusOK)
	}
	status, err := answer(ctx)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: status, Status: http.StatusText(status), Body: http.NoBody}, nil
}

// behave sets the behaviour of an Alertmanager for later requests.
func (w *harness) behave(address string, p behaviour) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.behaviours[address] = p
}

// wait waits until all goroutines of the bubble are blocked.
func (w *harness) wait() { synctest.Wait() }

// sendNames sends alerts with these names in one call, and waits until all goroutines are blocked.
func (w *harness) sendNames(names ...string) {
	w.send(alertsNamed(names...)...)
	w.wait()
}

func alertsNamed(names ...string) []*notifier.Alert {
	alerts := make([]*notifier.Alert, len(names))
	for i, n := range names {
		alerts[i] = &notifier.Alert{Labels: labels.FromStrings("alertname", n)}
	}
	return alerts
}

// numberedNames returns the names a1 to an.
func numberedNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("a%d", i+1)
	}
	return names
}

// offer offers the addresses of each set to Run as service discovery does, and reports whether Run received them.
func (w *harness) offer(sets ...[]string) bool {
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
		w.wait()
		return true
	default:
		return false
	}
}

// targetsOf returns a target update with one address for the first set.
func targetsOf(address string) map[string][]*targetgroup.Group {
	targets := []model.LabelSet{{model.AddressLabel: model.LabelValue(address)}}
	return map[string][]*targetgroup.Group{"config-0": {{Targets: targets}}}
}

// discover configures one set for each list of addresses, and updates its targets.
func (w *harness) discover(sets ...[]string) {
	w.t.Helper()
	entries := make([]config.AlertmanagerConfig, len(sets))
	for i := range entries {
		// The timeouts differ, because releases before v2.15 merge equal entries.
		entries[i].Timeout = model.Duration(time.Duration(10+i) * time.Second)
	}
	w.apply(entries...)
	require.True(w.t, w.offer(sets...))
	w.mu.Lock()
	w.requests = nil // forget the requests without alerts of old releases
	w.mu.Unlock()
}

// apply applies a configuration with these entries under alertmanagers and Prometheus' defaults otherwise.
func (w *harness) apply(entries ...config.AlertmanagerConfig) {
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
		amc.PathPrefix, amc.SigV4Config, amc.APIVersion = e.PathPrefix, e.SigV4Config, e.APIVersion
		amc.HTTPClientConfig.TLSConfig = e.HTTPClientConfig.TLSConfig
		amc.HTTPClientConfig.BasicAuth = e.HTTPClientConfig.BasicAuth
		cfg.AlertingConfig.AlertmanagerConfigs = append(cfg.AlertingConfig.AlertmanagerConfigs, &amc)
	}
	return cfg
}

// dropping returns a relabel rule that drops the alerts whose names match.
func dropping(names string) []*relabel.Config {
	return []*relabel.Config{{
		SourceLabels: model.LabelNames{"alertname"}, Separator: ";",
		Regex: relabel.MustNewRegexp(names), Action: relabel.Drop,
	}}
}

// setting returns a relabel rule that sets a label of every alert.
func setting(name, value string) []*relabel.Config {
	return []*relabel.Config{{
		Separator: ";", Regex: relabel.MustNewRegexp("(.*)"),
		TargetLabel: name, Replacement: value, Action: relabel.Replace,
		NameValidationScheme: model.UTF8Validation,
	}}
}
