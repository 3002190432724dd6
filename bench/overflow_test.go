package bench

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"

	"github.com/prometheus/prometheus/config"
	prom "github.com/prometheus/prometheus/notifier"

	"github.com/notifysim/notifysim/notifier"
	"github.com/notifysim/notifysim/notifier/core"
)

// BenchmarkSendOverflow calls Send with as many alerts as the queues can hold while all 3 Alertmanagers hang, so that
// each call drops all alerts that wait in every queue. This is the most expensive case of Send, and in Prometheus it
// delays the evaluation of rules.
func BenchmarkSendOverflow(b *testing.B) {
	alerts := managerSend(managerAlerts)
	measure := func(b *testing.B, hung *hanging, send func()) {
		send()
		for range managerPeers {
			if hung != nil {
				<-hung.asked // wait until the first batches are in flight
			}
		}
		send() // fills the queues
		b.ReportAllocs()
		for b.Loop() {
			send()
		}
		b.ReportMetric(float64(b.N)*managerAlerts/b.Elapsed().Seconds(), "alerts/s")
	}
	b.Run("notifier=core", func(b *testing.B) {
		d := &idleDriver{alerts: len(alerts)}
		c := newIdleCore(b, d)
		c.OfferTargets(peerGroups(0, managerPeers), noErrors(b))
		measure(b, nil, func() { c.Send(alerts) })
		require.NotZero(b, d.dropped)
	})
	b.Run("notifier=ours", func(b *testing.B) {
		hung := newHanging()
		m := notifier.NewManager(&notifier.Options{QueueCapacity: managerAlerts, Do: hung.do}, model.UTF8Validation, nil)
		defer runManager(b, m, managerPeers)()
		measure(b, hung, func() { m.Send(alerts...) })
	})
	b.Run("notifier=prometheus", func(b *testing.B) {
		real := realAlerts(alerts)
		hung := newHanging()
		m := prom.NewManager(&prom.Options{QueueCapacity: managerAlerts, Do: hung.do}, model.UTF8Validation, nil)
		defer runManager(b, m, managerPeers)()
		measure(b, hung, func() { m.Send(real...) })
	})
}

// hanging stands for Alertmanagers that accept connections and never answer.
type hanging struct{ asked chan struct{} } // receives a value for the first request to each Alertmanager

func newHanging() *hanging { return &hanging{make(chan struct{}, managerPeers)} }

func (h *hanging) do(ctx context.Context, _ *http.Client, req *http.Request) (*http.Response, error) {
	select {
	case h.asked <- struct{}{}:
	default:
	}
	<-ctx.Done()
	_ = req.Body.Close()
	return nil, ctx.Err()
}

// newIdleCore returns a Core with one set, config-0, that has no Alertmanagers.
func newIdleCore(tb testing.TB, d *idleDriver) *core.Core[[]*notifier.Alert] {
	c := core.New(core.Newest(), core.Options{QueueCapacity: managerAlerts}, d)
	require.NoError(tb, c.ApplyConfig(oneSet(), func() {}, func() {}))
	return c
}

func noErrors(tb testing.TB) func([]error) {
	return func(errs []error) { require.Empty(tb, errs) }
}

// oneSet returns a configuration with one entry in `alertmanagers`, with a timeout so long that no request times out.
func oneSet() *config.Config {
	amc := config.DefaultAlertmanagerConfig
	amc.Timeout = model.Duration(24 * time.Hour)
	return &config.Config{AlertingConfig: config.AlertingConfig{AlertmanagerConfigs: config.AlertmanagerConfigs{&amc}}}
}

// An idleDriver is a core.Driver under which no request ever ends. It counts the dropped alerts.
type idleDriver struct{ alerts, dropped int }

type (
	idleLoop    = core.SendLoop[[]*notifier.Alert]
	idleSegment = core.Segment[[]*notifier.Alert]
	idleFlight  = core.Batch[[]*notifier.Alert]
	idleRequest = core.Request[[]*notifier.Alert]
)

func (d *idleDriver) OnSend([]*notifier.Alert) int                      { return d.alerts }
func (d *idleDriver) Joined(*core.Alertmanager, *idleLoop)              {}
func (d *idleDriver) Left(*core.Alertmanager, *idleLoop)                {}
func (d *idleDriver) Queued(*idleLoop, idleSegment)                     {}
func (d *idleDriver) Dropped(_ *idleLoop, s idleSegment, _ core.Reason) { d.dropped += s.Len() }
func (*idleDriver) SetOrder(int) []int                                  { return nil }
func (d *idleDriver) Relabel(_ *core.Set, s idleSegment) idleSegment    { return s }
func (d *idleDriver) Popped(*core.Batch[[]*notifier.Alert])             {}

func (d *idleDriver) Skipped(*idleFlight, *core.Alertmanager)          {}
func (d *idleDriver) Post(*idleRequest)                                {}
func (d *idleDriver) Cancel(*idleRequest) time.Duration                { return 0 }
func (d *idleDriver) ObserveLatency(*core.Alertmanager, time.Duration) {}
func (d *idleDriver) DeleteLatencies(*core.Alertmanager)               {}
func (d *idleDriver) BatchDone(*idleFlight, bool)                      {}
func (d *idleDriver) SendReturned([]*notifier.Alert)                   {}
func (d *idleDriver) Stopped()                                         {}
