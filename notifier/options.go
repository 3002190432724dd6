package notifier

import (
	"context"
	"net"
	"net/http"
	"slices"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/relabel"

	"github.com/notifysim/notifysim/notifier/core"
)

// DefaultMaxBatchSize is the default of --alertmanager.notification-batch-size since v3.4.0; before, it was a constant 64.
const DefaultMaxBatchSize = 256

// Options are what a Manager is made with: those of Prometheus' notifier.Options at v3.15.0, and Dial, Clock and Release.
type Options struct {
	// QueueCapacity is --alertmanager.notification-queue-capacity, which has no default here: 0 queues nothing.
	QueueCapacity int
	// DrainOnShutdown is --alertmanager.drain-notification-queue-on-shutdown, which Prometheus sets unless told otherwise.
	// Releases before v2.54.0 do not know it.
	DrainOnShutdown bool
	// ExternalLabels and RelabelConfigs are what happens to every alert before the first ApplyConfig, which replaces them.
	ExternalLabels labels.Labels
	RelabelConfigs []*relabel.Config
	// Do sends a request; nil is client.Do. The Manager must not be called from within it.
	Do func(ctx context.Context, client *http.Client, req *http.Request) (*http.Response, error)
	// Dial opens the connections of the clients that ApplyConfig makes; nil dials the address as it is.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Registerer is where the metrics go, nil for nowhere.
	Registerer prometheus.Registerer
	// MaxBatchSize is --alertmanager.notification-batch-size; 0 and below stand for the release's own, as does any number in a
	// release without the flag.
	MaxBatchSize int

	// Clock is what the Manager waits and measures time by: the timeouts of requests, and with them drains, and latencies.
	// nil is the real one.
	Clock clockwork.Clock
	// Release is the release to behave as; nil is Newest.
	Release *core.Release
}

// withDefaults returns o with everything set.
func (o Options) withDefaults(scheme model.ValidationScheme) Options {
	if o.Do == nil {
		o.Do = func(ctx context.Context, client *http.Client, req *http.Request) (*http.Response, error) {
			return client.Do(req.WithContext(ctx))
		}
	}
	if o.Clock == nil {
		o.Clock = clockwork.NewRealClock()
	}
	if o.Release == nil {
		o.Release = core.Newest()
	}
	o.RelabelConfigs = named(o.RelabelConfigs, scheme)
	return o
}

// named returns rules of which each knows its name validation scheme. Rules that config.Load did not make may lack it, which
// the real Manager mends for the rules of Send alone, in place, and otherwise panics about.
func named(rules []*relabel.Config, scheme model.ValidationScheme) []*relabel.Config {
	if scheme == model.UnsetValidation {
		scheme = model.UTF8Validation
	}
	unnamed := func(r *relabel.Config) bool { return r.NameValidationScheme == model.UnsetValidation }
	if !slices.ContainsFunc(rules, unnamed) {
		return rules
	}
	rules = slices.Clone(rules)
	for i, r := range rules {
		if unnamed(r) {
			copied := *r
			copied.NameValidationScheme = scheme
			rules[i] = &copied
		}
	}
	return rules
}

// namedConfig returns cfg with all rules named; it copies what it changes.
func namedConfig(cfg *config.Config) *config.Config {
	scheme := cfg.GlobalConfig.MetricNameValidationScheme
	copied := *cfg
	alerting := &copied.AlertingConfig
	alerting.AlertRelabelConfigs = named(alerting.AlertRelabelConfigs, scheme)
	alerting.AlertmanagerConfigs = make(config.AlertmanagerConfigs, len(cfg.AlertingConfig.AlertmanagerConfigs))
	for i, amc := range cfg.AlertingConfig.AlertmanagerConfigs {
		entry := *amc
		entry.RelabelConfigs = named(amc.RelabelConfigs, scheme)
		entry.AlertRelabelConfigs = named(amc.AlertRelabelConfigs, scheme)
		alerting.AlertmanagerConfigs[i] = &entry
	}
	return &copied
}
