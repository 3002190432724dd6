package sim

import (
	"github.com/prometheus/client_golang/prometheus"
	common "github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	real "github.com/prometheus/prometheus/notifier"
)

// prometheusManager is the notifier of the Prometheus module that this binary is built with, unmodified, by its public API alone.
type prometheusManager struct {
	*real.Manager
	registry *prometheus.Registry
}

func newPrometheusManager(b *bubble) manager {
	registry := prometheus.NewRegistry()
	flags := b.file.Flags
	return &prometheusManager{
		Manager: real.NewManager(&real.Options{
			QueueCapacity: flags.QueueCapacity, MaxBatchSize: flags.BatchSize, DrainOnShutdown: flags.DrainOnShutdown,
			Do: b.do, Registerer: registry,
		}, common.UTF8Validation, nil),
		registry: registry,
	}
}

func (m *prometheusManager) send(alerts []handed) {
	list := make([]*real.Alert, len(alerts))
	for i, a := range alerts {
		list[i] = &real.Alert{
			Labels: a.labels, Annotations: labels.EmptyLabels(),
			StartsAt: a.startsAt, EndsAt: a.endsAt, GeneratorURL: a.generatorURL,
		}
	}
	m.Send(list...)
}

func (m *prometheusManager) samples() ([]Sample, error) { return gather(m.registry) }
