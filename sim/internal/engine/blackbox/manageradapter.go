package blackbox

import (
	"context"
	"net"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	common "github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter/protocol"
)

// A LiveManager is the Manager of package notifier, adapted to the interface manager.
type LiveManager struct {
	*notifier.Manager
	registry *prometheus.Registry
}

// Ours returns the Manager of package notifier on a fake clock.
func Ours(flags scenarios.Flags, rel *core.Release, do doFunc) manager {
	clock := newFakeClock()
	return &clockedManager{newOurs(flags, rel, do, nil, clock), clock}
}

// A clockedManager is a LiveManager with its fake clock.
type clockedManager struct {
	*LiveManager
	fake *fakeClock
}

func (m *clockedManager) clock() protocol.Clock { return m.fake }

// NewLiveManager returns a manager on the real clock. It connects to Alertmanagers with dial.
func NewLiveManager(flags scenarios.Flags, rel *core.Release, do doFunc, dial dialFunc) *LiveManager {
	return newOurs(flags, rel, do, dial, nil)
}

func newOurs(
	flags scenarios.Flags, rel *core.Release, do doFunc, dial dialFunc, clock clockwork.Clock,
) *LiveManager {
	registry := prometheus.NewRegistry()
	return &LiveManager{
		Manager: notifier.NewManager(&notifier.Options{
			QueueCapacity: flags.QueueCapacity, MaxBatchSize: flags.BatchSize, DrainOnShutdown: flags.DrainOnShutdown,
			Do: do, Dial: dial, Clock: clock, Registerer: registry, Release: rel,
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

// SendAt calls Send. The times of alerts count from start.
func (m *LiveManager) SendAt(start time.Time, alerts []Alert) { m.send(start, alerts) }

// Samples returns the notifier's metrics.
func (m *LiveManager) Samples() ([]engine.Sample, error) { return m.samples() }

func (m *LiveManager) samples() ([]engine.Sample, error) { return gather(m.registry) }
