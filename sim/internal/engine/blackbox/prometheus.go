package blackbox

import (
	"cmp"
	"net/url"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	common "github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"
	real "github.com/prometheus/prometheus/notifier"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter/protocol"
)

// A Notifier is a notifier under test in place of an engine's own: the Manager of Prometheus' package notifier, or any
// type with its methods. It must send requests with the Do of the options that it was made with, and register its
// metrics with their Registerer. The metric prometheus_notifications_queue_length is required.
type Notifier interface {
	ApplyConfig(*config.Config) error
	Run(<-chan map[string][]*targetgroup.Group)
	Send(...*real.Alert)
	Stop()
	Alertmanagers() []*url.URL
}

// promManager adapts a notifier with the API of the linked Prometheus module to the interface manager.
type promManager struct {
	Notifier
	registry *prometheus.Registry
}

// A Create returns the manager of a run.
type Create func(scenarios.Flags, *core.Release, doFunc) manager

// Given returns a Create for notifiers that have the API of the linked Prometheus module.
func Given(create func(*real.Options) Notifier) Create {
	return func(flags scenarios.Flags, _ *core.Release, do doFunc) manager {
		registry := prometheus.NewRegistry()
		return &promManager{
			Notifier: create(&real.Options{
				QueueCapacity: flags.QueueCapacity, MaxBatchSize: flags.BatchSize, DrainOnShutdown: flags.DrainOnShutdown,
				Do: do, Registerer: registry,
			}),
			registry: registry,
		}
	}
}

// Prometheus returns the unmodified notifier of the linked Prometheus module.
func Prometheus(o *real.Options) Notifier { return real.NewManager(o, common.UTF8Validation, nil) }

// ApplyConfig fills in what config.Load would: entries of a scenario that name no API version have none.
func (m *promManager) ApplyConfig(cfg *config.Config) error {
	return m.Notifier.ApplyConfig(withEntries(cfg, func(am *config.AlertmanagerConfig) {
		am.APIVersion = cmp.Or(am.APIVersion, config.DefaultAlertmanagerConfig.APIVersion)
	}))
}

func (m *promManager) send(start time.Time, alerts []Alert) {
	list := make([]*real.Alert, len(alerts))
	for i, a := range alerts {
		list[i] = &real.Alert{
			Labels: a.Labels, Annotations: labels.EmptyLabels(),
			StartsAt: start.Add(time.Duration(a.StartsAt)), EndsAt: start.Add(time.Duration(a.EndsAt)),
			GeneratorURL: a.GeneratorURL,
		}
	}
	m.Send(list...)
}

func (m *promManager) clock() protocol.Clock { return protocol.BubbleClock{} }

func (m *promManager) samples() ([]engine.Sample, error) { return gather(m.registry) }
