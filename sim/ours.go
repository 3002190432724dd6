package sim

import (
	"context"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	common "github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
)

// ourManager is the Manager of package notifier.
type ourManager struct {
	*notifier.Manager
	registry *prometheus.Registry
}

func newOurManager(flags scenarios.Flags, rel *core.Release, do doFunc) manager {
	return newLiveManager(flags, rel, do, nil)
}

// newLiveManager returns a manager whose connections are made by dial.
func newLiveManager(flags scenarios.Flags, rel *core.Release, do doFunc, dial dialFunc) *ourManager {
	registry := prometheus.NewRegistry()
	return &ourManager{
		Manager: notifier.NewManager(&notifier.Options{
			QueueCapacity: flags.QueueCapacity, MaxBatchSize: flags.BatchSize, DrainOnShutdown: flags.DrainOnShutdown,
			Do: do, Dial: dial, Registerer: registry, Release: rel,
		}, common.UTF8Validation, nil),
		registry: registry,
	}
}

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

func (m *ourManager) send(start time.Time, alerts []handed) {
	list := make([]*notifier.Alert, len(alerts))
	for i, a := range alerts {
		list[i] = &notifier.Alert{
			Labels: a.Labels, Annotations: labels.EmptyLabels(),
			StartsAt: start.Add(time.Duration(a.StartsAt)), EndsAt: start.Add(time.Duration(a.EndsAt)), GeneratorURL: a.GeneratorURL,
		}
	}
	m.Send(list...)
}

func (m *ourManager) samples() ([]Sample, error) { return gather(m.registry) }
