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

// Options has the fields of Prometheus' notifier.Options at v3.16.0, and in addition Dial, Clock and Release. The zero
// value behaves like the newest release with a queue of capacity 0.
type Options struct {
	// QueueCapacity is --alertmanager.notification-queue-capacity, in alerts. Unlike the flag it has no default: with 0
	// no alert is ever queued.
	QueueCapacity int
	// DrainOnShutdown is --alertmanager.drain-notification-queue-on-shutdown. The default of the flag is true. It has
	// no effect in releases before v2.54.0, which lack the flag.
	DrainOnShutdown bool
	// ExternalLabels and RelabelConfigs are applied to every alert until the first ApplyConfig, which replaces them.
	ExternalLabels labels.Labels
	RelabelConfigs []*relabel.Config
	// Do makes a request; nil means client.Do. It must not call the Manager.
	Do func(ctx context.Context, client *http.Client, req *http.Request) (*http.Response, error)
	// Dial opens connections for the clients that ApplyConfig makes; nil means the default of package net.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Registerer is where the metrics are registered; nil means nowhere.
	Registerer prometheus.Registerer
	// MaxBatchSize is --alertmanager.notification-batch-size, in alerts. The release's default applies if it is 0 or
	// negative, or if the release lacks the flag.
	MaxBatchSize int

	// Clock measures latencies and the timeouts of requests, which also limit a drain; nil means the real clock.
	Clock clockwork.Clock
	// Release is the release whose behaviour the Manager has; nil means core.Newest.
	Release *core.Release
}

// withDefaults returns o with the defaults filled in.
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

// alertsNamed returns rules with a name validation scheme in each rule, which rules that were not made by config.Load
// may lack. Prometheus sets the missing scheme in the rules of Send only, in place, and panics when other rules lack
// it.
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

// configWithScheme returns cfg with a name validation scheme in every relabel rule. cfg itself is not changed.
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
