package sim

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	common "github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	real "github.com/prometheus/prometheus/notifier"

	"github.com/notifysim/notifysim/notifier"
	"github.com/notifysim/notifysim/scenarios"
)

// prometheusManager is the notifier of the Prometheus module that this binary is built with, unmodified, by its public API alone.
type prometheusManager struct {
	*real.Manager
	registry *prometheus.Registry
}

func newPrometheusManager(flags scenarios.Flags, _ *notifier.Release, do doFunc) manager {
	registry := prometheus.NewRegistry()
	return &prometheusManager{
		Manager: real.NewManager(&real.Options{
			QueueCapacity: flags.QueueCapacity, MaxBatchSize: flags.BatchSize, DrainOnShutdown: flags.DrainOnShutdown,
			Do: do, Registerer: registry,
		}, common.UTF8Validation, nil),
		registry: registry,
	}
}

func (m *prometheusManager) send(start time.Time, alerts []handed) {
	list := make([]*real.Alert, len(alerts))
	for i, a := range alerts {
		list[i] = &real.Alert{
			Labels: a.Labels, Annotations: labels.EmptyLabels(),
			StartsAt: start.Add(time.Duration(a.StartsAt)), EndsAt: start.Add(time.Duration(a.EndsAt)), GeneratorURL: a.GeneratorURL,
		}
	}
	m.Send(list...)
}

func (m *prometheusManager) samples() ([]Sample, error) { return gather(m.registry) }
