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

// DefaultMaxBatchSize is the default of --alertmanager.notification-batch-size, which exists since v3.4.0.
const DefaultMaxBatchSize = 256

// Options are those of Prometheus' notifier.Options at v3.15.0, and Dial, Clock and Release. The zero value
// behaves as the newest release with a queue of no alerts.
type Options struct {
	// QueueCapacity is --alertmanager.notification-queue-capacity, in alerts. It has no default here: 0 queues
	// nothing.
	QueueCapacity int
	// DrainOnShutdown is --alertmanager.drain-notification-queue-on-shutdown, which is true by default in
	// Prometheus. Releases before v2.54.0 do not have it.
	DrainOnShutdown bool
	// ExternalLabels and RelabelConfigs are applied to every alert until the first ApplyConfig, which replaces them.
	ExternalLabels labels.Labels
	RelabelConfigs []*relabel.Config
	// Do makes a request; nil is client.Do. It must not call the Manager.
	Do func(ctx context.Context, client *http.Client, req *http.Request) (*http.Response, error)
	// Dial opens the connections of the clients that ApplyConfig makes; nil dials the address.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Registerer is where the metrics are registered, nil for nowhere.
	Registerer prometheus.Registerer
	// MaxBatchSize is --alertmanager.notification-batch-size, in alerts. 0 and below stand for the release's
	// default, as does any number in a release without the flag.
	MaxBatchSize int

	// Clock is what timeouts of requests, which also end a drain, and latencies are measured by; nil is the
	// real clock.
	Clock clockwork.Clock
	// Release is the release to behave as; nil is core.Newest.
	Release *core.Release
}

// withDefaults returns o with its defaults filled in.
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
	o.RelabelConfigs = alertsNamed(o.RelabelConfigs, scheme)
	return o
}

// alertsNamed returns rules that each have a name validation scheme. Rules that config.Load did not make may lack one.
// Prometheus fills it in for the rules of Send alone, in place, and panics on others.
func alertsNamed(rules []*relabel.Config, scheme model.ValidationScheme) []*relabel.Config {
	if scheme == model.UnsetValidation {
		scheme = model.UTF8Validation
	}
	missing := func(r *relabel.Config) bool { return r.NameValidationScheme == model.UnsetValidation }
	if !slices.ContainsFunc(rules, missing) {
		return rules
	}
	rules = slices.Clone(rules)
	for i, r := range rules {
		if missing(r) {
			copied := *r
			copied.NameValidationScheme = scheme
			rules[i] = &copied
		}
	}
	return rules
}

// configWithScheme returns cfg with a name validation scheme in all rules. It copies what it changes.
func configWithScheme(cfg *config.Config) *config.Config {
	scheme := cfg.GlobalConfig.MetricNameValidationScheme
	copied := *cfg
	alerting := &copied.AlertingConfig
	alerting.AlertRelabelConfigs = alertsNamed(alerting.AlertRelabelConfigs, scheme)
	alerting.AlertmanagerConfigs = make(config.AlertmanagerConfigs, len(cfg.AlertingConfig.AlertmanagerConfigs))
	for i, amc := range cfg.AlertingConfig.AlertmanagerConfigs {
		entry := *amc
		entry.RelabelConfigs = alertsNamed(amc.RelabelConfigs, scheme)
		entry.AlertRelabelConfigs = alertsNamed(amc.AlertRelabelConfigs, scheme)
		alerting.AlertmanagerConfigs[i] = &entry
	}
	return &copied
}
