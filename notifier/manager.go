package notifier

import (
	"log/slog"
	"net/http"
	"net/url"
	"sync"

	"github.com/prometheus/common/model"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"

	"github.com/notifysim/notifysim/notifier/core"
)

// A Manager queues alerts and posts them to Alertmanagers, as notifier.Manager of a chosen Prometheus release does. It
// carries out the decisions of a core.Core with goroutines, HTTP and a clock.
//
// Its methods may be called from any number of goroutines, but not from Options.Do and not from the logger. In releases
// that drain queues under the manager's lock, a drain blocks Send, ApplyConfig, Alertmanagers, DroppedAlertmanagers and
// the gathering of metrics, as in Prometheus.
type Manager struct {
	opt     Options
	rel     *core.Release
	log     *slog.Logger
	header  http.Header
	latency latencies

	withTimeout timeoutFunc // makes the contexts of requests

	// mu guards the fields below and all calls of core. It is released while a goroutine waits in waitUntil.
	mu       sync.Mutex
	changed  sync.Cond // signals that the state of core has changed
	waiting  int       // number of goroutines that wait for changed
	core     *core.Core[*sendCall]
	rules    core.Relabeling // applied by Send to every alert
	clients  map[*config.AlertmanagerConfig]*http.Client
	runs     int  // number of calls of Run that have not returned
	inFlight int  // number of requests whose outcome has not been passed to core
	updates  int  // number of target updates that Run has received and not finished
	stopped  bool // core has called Driver.Stopped

	// While reusing is true, post stores a new request in next instead of starting a goroutine: the goroutine of the
	// request that has just ended runs it.
	reusing bool
	next    *inflightRequest

	stop   chan struct{}  // closed by Stop
	wakeUp chan struct{}  // tells Run to send a batch, in releases where Run does so (channel more in Prometheus)
	posts  sync.WaitGroup // counts the requests that have not ended
}

// NewManager returns a Manager without Alertmanagers. It posts nothing before Run is called. It panics if its metrics
// are already registered, as Prometheus does. A nil logger logs nothing.
func NewManager(o *Options, nameValidationScheme model.ValidationScheme, logger *slog.Logger) *Manager {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	m := &Manager{
		opt:    o.withDefaults(nameValidationScheme),
		log:    logger,
		stop:   make(chan struct{}),
		wakeUp: make(chan struct{}, 1),
	}
	m.changed.L = &m.mu
	m.rel = m.opt.Release
	m.header = header(m.rel)
	m.rules = core.Relabeling{External: m.opt.ExternalLabels, Rules: m.opt.RelabelConfigs}
	m.latency = newLatencies(m.rel)
	m.withTimeout = timeouts(o.Clock)
	m.core = core.New(m.rel, core.Options{
		QueueCapacity: o.QueueCapacity, MaxBatchSize: o.MaxBatchSize, DrainOnShutdown: o.DrainOnShutdown,
		Held: true, OutlivesRun: true,
	}, (*driver)(m))
	if o.Registerer != nil {
		o.Registerer.MustRegister(append(m.latency.collectors(), newCollector(m))...)
	}
	return m
}

// unlock unlocks mu after a call of core. It first wakes up the goroutines that wait for a change of core.
func (m *Manager) unlock() {
	if m.waiting > 0 {
		m.changed.Broadcast()
	}
	if m.core.WakeUpPending() {
		select {
		case m.wakeUp <- struct{}{}:
		default:
		}
	}
	m.mu.Unlock()
}

// waitUntil waits until done returns true. The caller holds mu, which is released while waiting.
func (m *Manager) waitUntil(done func() bool) {
	m.changed.Broadcast() // announces the changes that the caller has made so far
	m.waiting++
	for !done() {
		m.changed.Wait()
	}
	m.waiting--
}

// ApplyConfig makes conf the configuration. If it returns an error, for example because of a missing CA file, nothing
// has changed. In Prometheus an error may leave external labels and relabelling replaced and queues of unchanged sets
// removed. An entry under alertmanagers whose APIVersion is empty has the default of the release; config.Load always
// sets v2, which releases from v2.11.0 on post to.
func (m *Manager) ApplyConfig(conf *config.Config) error {
	conf = configWithScheme(conf)
	clients, err := newClients(conf, m.opt.Dial)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.unlock()
	done := false
	begins := func() {
		m.closeIdle()
		m.rules, m.clients = core.SendRelabeling(conf), clients
	}
	if err := m.core.ApplyConfig(conf, begins, func() { done = true }); err != nil {
		return err
	}
	m.waitUntil(func() bool { return done })
	return nil
}

// Send queues alerts and returns at once, unless a drain holds the manager's lock. Nil alerts are ignored. The caller
// must not change the alerts afterwards. The Manager does not change them either, although releases up to v3.6 do.
func (m *Manager) Send(alerts ...*Alert) {
	s := newSendCall(alerts)
	m.mu.Lock()
	defer m.unlock()
	m.core.Send(s)
	if !s.returned {
		m.waitUntil(func() bool { return s.returned })
	}
}

// Run posts alerts and receives target updates from tsets until Stop is called. From v2.54.0 on it then drains or drops
// the queues before it returns. A target update has a key for each set (see core.SetKey). Releases before v2.15.0 use
// hashes as keys in Prometheus, but the same keys as later releases here. Run continues when tsets is closed. In
// releases before v2.54.0 it receives from tsets only while no batch is in flight.
func (m *Manager) Run(tsets <-chan map[string][]*targetgroup.Group) {
	m.mu.Lock()
	m.runs++
	if m.rel.Targets == core.TargetsAtOnce {
		m.core.Start()
	}
	if m.core.Stopping() {
		m.core.PerformStop()
	}
	m.unlock()

	m.listen(tsets)

	m.mu.Lock()
	m.waitUntil(func() bool { return m.stopped })
	m.runs--
	m.closeIdle()
	if n := m.core.SharedQueueLen(); n > 0 {
		m.log.Warn("Alerts are left in the queue", "count", n)
	}
	m.unlock()
	if m.rel.Stop == core.StopAborts {
		m.posts.Wait() // for the cancelled requests to end
	}
}

// listen receives target updates until Stop is called. In releases before v2.54.0 it also sends the batches.
func (m *Manager) listen(tsets <-chan map[string][]*targetgroup.Group) {
	for {
		select {
		case <-m.stop: // takes precedence over the other channels
			return
		default:
		}
		var wakeUp chan struct{}
		if m.rel.Targets == core.TargetsBetweenBatches {
			wakeUp = m.wakeUp
		}
		select {
		case <-m.stop:
			return
		case t, ok := <-tsets:
			if !ok {
				tsets = nil
				continue
			}
			m.update(t)
		case <-wakeUp:
			m.mu.Lock()
			m.core.NextBatch()
			m.finishBatch()
		}
	}
}

// update makes a target update and waits until it is finished.
func (m *Manager) update(tsets map[string][]*targetgroup.Group) {
	m.mu.Lock()
	m.updates++
	m.core.UpdateTargets(tsets, func(errs []error) {
		for _, err := range errs {
			m.log.Error("Some targets of a target update were ignored", "err", err)
		}
	})
	m.waitUntil(func() bool { return !m.core.Updating() })
	m.finishBatch()
}

// finishBatch unlocks mu. In releases where Run waits for the batch in flight, it first waits until that has ended.
func (m *Manager) finishBatch() {
	if m.rel.Targets == core.TargetsBetweenBatches {
		m.waitUntil(func() bool { return !m.core.BatchInFlight() })
	}
	m.unlock()
}

// Stop makes Run return, in some releases after a drain of the queues. Stop itself does not wait for that. It may be
// called more than once, and before Run.
func (m *Manager) Stop() {
	m.mu.Lock()
	defer m.unlock()
	if !m.core.RequestStop() {
		return
	}
	m.log.Info("Stopping")
	close(m.stop)
	if m.runs > 0 {
		m.core.PerformStop()
	}
}

// Alertmanagers returns the URLs that alerts are posted to, in the order of the configuration and then of discovery.
func (m *Manager) Alertmanagers() []*url.URL {
	return m.urls(func(s *core.Set) []*core.Alertmanager { return s.Active })
}

// DroppedAlertmanagers returns the URLs of the Alertmanagers that relabel_configs dropped.
func (m *Manager) DroppedAlertmanagers() []*url.URL {
	return m.urls(func(s *core.Set) []*core.Alertmanager { return s.Dropped })
}

func (m *Manager) urls(of func(*core.Set) []*core.Alertmanager) (urls []*url.URL) {
	m.read(func() {
		for _, s := range m.core.Sets() {
			for _, am := range of(s) {
				u := *am.URL
				urls = append(urls, &u)
			}
		}
	})
	return urls
}

// read calls f as soon as the manager's lock is free, and returns after that.
func (m *Manager) read(f func()) {
	m.mu.Lock()
	defer m.unlock()
	done := false
	m.core.Read(func() { f(); done = true })
	m.waitUntil(func() bool { return done })
}
