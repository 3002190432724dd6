package sim

import (
	"github.com/prometheus/client_golang/prometheus"
	common "github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier"
)

// ourManager is the Manager of package notifier.
type ourManager struct {
	*notifier.Manager
	registry *prometheus.Registry
}

func newOurManager(b *bubble) manager {
	registry := prometheus.NewRegistry()
	flags := b.file.Flags
	return &ourManager{
		Manager: notifier.NewManager(&notifier.Options{
			QueueCapacity: flags.QueueCapacity, MaxBatchSize: flags.BatchSize, DrainOnShutdown: flags.DrainOnShutdown,
			Do: b.do, Registerer: registry, Release: b.release,
		}, common.UTF8Validation, nil),
		registry: registry,
	}
}

func (m *ourManager) send(alerts []handed) {
	list := make([]*notifier.Alert, len(alerts))
	for i, a := range alerts {
		list[i] = &notifier.Alert{
			Labels: a.labels, Annotations: labels.EmptyLabels(),
			StartsAt: a.startsAt, EndsAt: a.endsAt, GeneratorURL: a.generatorURL,
		}
	}
	m.Send(list...)
}

func (m *ourManager) samples() ([]Sample, error) { return gather(m.registry) }
