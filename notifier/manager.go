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

// A Manager queues alerts and posts them to Alertmanagers, as the notifier.Manager of a Prometheus release does. It drives a
// Core with goroutines, HTTP and a clock.
//
// Its methods may be called from any number of goroutines, but not from Options.Do or the logger. As with the real one, a
// drain may hold up Send, ApplyConfig, Alertmanagers, DroppedAlertmanagers and the gathering of metrics, in releases that
// drain under the manager's lock.
type Manager struct {
	opt     Options
	rel     *core.Release
	log     *slog.Logger
	header  http.Header
	latency latencies

	withTimeout timeoutFunc // of requests

	// mu guards all below, and each call into the Core. It is never held while anything waits.
	mu      sync.Mutex
	changed sync.Cond // of the Core
	waiting int       // calls that wait for that
	core    *core.Core[*managedSend]
	rules   core.Relabeling // of Send
	clients map[*config.AlertmanagerConfig]*http.Client
	runs    int  // calls of Run on the way
	posting int  // requests begun that the Core has not been told the end of
	updates int  // target updates that Run has begun to carry out
	halted  bool // the Core has stopped

	// idle says that the goroutine inside the Core takes on the next request, and next is it.
	idle bool
	next *exchange

	stop  chan struct{}  // closed by Stop
	more  chan struct{}  // as Prometheus has it: the wake-up of a loop that also takes target updates
	posts sync.WaitGroup // requests
}

// NewManager returns a Manager that knows no Alertmanager and posts nothing before Run is called. It panics if its metrics are
// registered already, as the real one does. A nil logger logs nothing.
func NewManager(o *Options, nameValidationScheme model.ValidationScheme, logger *slog.Logger) *Manager {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	m := &Manager{
		opt:  o.withDefaults(nameValidationScheme),
		log:  logger,
		stop: make(chan struct{}),
		more: make(chan struct{}, 1),
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

// leave ends a call into the Core: it lets those look who wait for what the Core has become, and unlocks mu.
func (m *Manager) leave() {
	if m.waiting > 0 {
		m.changed.Broadcast()
	}
	if m.core.WakeUpPending() {
		select {
		case m.more <- struct{}{}:
		default:
		}
	}
	m.mu.Unlock()
}

// await waits, with mu held, until done reports true.
func (m *Manager) await(done func() bool) {
	m.changed.Broadcast() // what this call has changed so far
	m.waiting++
	for !done() {
		m.changed.Wait()
	}
	m.waiting--
}

// ApplyConfig makes conf the configuration. On an error, of a missing CA file say, everything is as it was; the real one has
// by then replaced external labels and relabelling, and may have taken queues away from the sets that stay.
func (m *Manager) ApplyConfig(conf *config.Config) error {
	conf = namedConfig(conf)
	clients, err := newClients(conf, m.opt.Dial)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.leave()
	done := false
	begins := func() {
		m.closeIdle()
		m.rules, m.clients = core.SendRelabeling(conf), clients
	}
	if err := m.core.ApplyConfig(conf, begins, func() { done = true }); err != nil {
		return err
	}
	m.await(func() bool { return done })
	return nil
}

// Send queues alerts. It returns at once unless a drain holds the lock. The alerts must not change afterwards, and are not
// changed, though releases up to v3.6 do; nil ones are left out.
func (m *Manager) Send(alerts ...*Alert) {
	s := newSend(alerts)
	m.mu.Lock()
	defer m.leave()
	m.core.Send(s)
	if !s.returned {
		m.await(func() bool { return s.returned })
	}
}

// Run takes target updates and lets alerts go out, until Stop is called and what the release then does first is done: from
// v2.54.0 on, draining the queues if Options say so. Target updates are by set, "config-0" for the first entry of
// alertmanagers (which is also what releases before v2.15.0 are told here, though they use a hash). A closed channel is no
// reason to return. In releases before v2.54.0 Run listens to tsets only while nothing is in flight.
func (m *Manager) Run(tsets <-chan map[string][]*targetgroup.Group) {
	m.mu.Lock()
	m.runs++
	if m.rel.Targets == core.TargetsAtOnce {
		m.core.Start()
	}
	if m.core.Stopping() {
		m.core.PerformStop()
	}
	m.leave()

	m.listen(tsets)

	m.mu.Lock()
	m.await(func() bool { return m.halted })
	m.runs--
	m.closeIdle()
	if n := m.core.SharedQueueLen(); n > 0 {
		m.log.Warn("Alerts are left in the queue", "count", n)
	}
	m.leave()
	if m.rel.Stop == core.StopAborts {
		m.posts.Wait() // for the ends of what was cancelled
	}
}

// listen takes target updates, and in old releases wake-ups, until Stop.
func (m *Manager) listen(tsets <-chan map[string][]*targetgroup.Group) {
	for {
		select {
		case <-m.stop: // before anything else
			return
		default:
		}
		more := m.more
		if m.rel.Targets == core.TargetsAtOnce {
			more = nil
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
		case <-more:
			m.mu.Lock()
			m.core.NextBatch()
			m.finishBatch()
		}
	}
}

// update carries out a target update.
func (m *Manager) update(tsets map[string][]*targetgroup.Group) {
	m.mu.Lock()
	m.updates++
	m.core.UpdateTargets(tsets, func(errs []error) {
		for _, err := range errs {
			m.log.Error("Target update is not carried out whole", "err", err)
		}
	})
	m.await(func() bool { return !m.core.Updating() })
	m.finishBatch()
}

// finishBatch waits for the batch in flight, if Run does nothing else meanwhile, and unlocks mu.
func (m *Manager) finishBatch() {
	if m.rel.Targets == core.TargetsBetweenBatches {
		m.await(func() bool { return !m.core.BatchInFlight() })
	}
	m.leave()
}

// Stop has Run return when it is done, and returns at once. It may be called more than once, and before Run.
func (m *Manager) Stop() {
	m.mu.Lock()
	defer m.leave()
	if !m.core.RequestStop() {
		return
	}
	m.log.Info("Stopping")
	close(m.stop)
	if m.runs > 0 {
		m.core.PerformStop()
	}
}

// Alertmanagers returns where alerts are posted to, in the order of the configuration and of discovery.
func (m *Manager) Alertmanagers() []*url.URL {
	return m.urls(func(s *core.Set) []*core.Alertmanager { return s.Active })
}

// DroppedAlertmanagers returns the Alertmanagers that relabel_configs dropped.
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

// read calls f when the lock is free.
func (m *Manager) read(f func()) {
	m.mu.Lock()
	defer m.leave()
	done := false
	m.core.Read(func() { f(); done = true })
	m.await(func() bool { return done })
}
