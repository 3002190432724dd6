package blackbox

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
	"github.com/notifysim/notifysim/sim/internal/engine"
)

// A LiveManager is the Manager of package notifier.
type LiveManager struct {
	*notifier.Manager
	registry *prometheus.Registry
}

// Ours makes the Manager of package notifier.
func Ours(flags scenarios.Flags, rel *core.Release, do doFunc) manager {
	return NewLiveManager(flags, rel, do, nil)
}

// NewLiveManager returns a manager whose connections are made by dial.
func NewLiveManager(flags scenarios.Flags, rel *core.Release, do doFunc, dial dialFunc) *LiveManager {
	registry := prometheus.NewRegistry()
	return &LiveManager{
		Manager: notifier.NewManager(&notifier.Options{
			QueueCapacity: flags.QueueCapacity, MaxBatchSize: flags.BatchSize, DrainOnShutdown: flags.DrainOnShutdown,
			Do: do, Dial: dial, Registerer: registry, Release: rel,
		}, common.UTF8Validation, nil),
		registry: registry,
	}
}

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

func (m *LiveManager) send(start time.Time, alerts []Alert) {
	list := make([]*notifier.Alert, len(alerts))
	for i, a := range alerts {
		list[i] = &notifier.Alert{
			Labels: a.Labels, Annotations: labels.EmptyLabels(),
			StartsAt: start.Add(time.Duration(a.StartsAt)), EndsAt: start.Add(time.Duration(a.EndsAt)),
			GeneratorURL: a.GeneratorURL,
		}
	}
	m.Send(list...)
}

// SendAt calls Send; times of alerts count from start.
func (m *LiveManager) SendAt(start time.Time, alerts []Alert) { m.send(start, alerts) }

// Samples reads the notifier's metrics.
func (m *LiveManager) Samples() ([]engine.Sample, error) { return m.samples() }

func (m *LiveManager) samples() ([]engine.Sample, error) { return gather(m.registry) }
