package core_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/discovery"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"

	"github.com/notifysim/notifysim/notifier/core"
)

// The configuration changes twice. The time until the second change reaches the notifier has the same distribution as
// with Prometheus' own service discovery.
func TestThrottleIsThatOfServiceDiscovery(t *testing.T) {
	const runs = 300
	random := rand.New(rand.NewPCG(1, 2)).Float64
	for _, between := range []time.Duration{
		200 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 5 * time.Second, 6 * time.Second,
		8 * time.Second, time.Minute,
	} {
		t.Run(between.String(), func(t *testing.T) {
			var ours, real []float64
			for range runs {
				ours = append(ours, secondGap(between, random).Seconds())
				real = append(real, realSecondGap(t, between).Seconds())
			}
			slices.Sort(ours)
			slices.Sort(real)
			// the distance is larger once in a million times if both have the same distribution
			require.Less(t, stat.KolmogorovSmirnov(ours, nil, real, nil), 2.69*math.Sqrt(2./runs))
		})
	}
}

// secondGap returns how long the second of two changes takes that are so far apart.
func secondGap(between time.Duration, random func() float64) time.Duration {
	throttle := core.NewThrottle(core.OfferBackoff)
	var gap time.Duration
	for _, at := range []time.Duration{0, time.Minute, time.Minute + between} {
		next := throttle.Next(at, random)
		throttle.Offered(next, true, random)
		gap = next - at
	}
	return gap
}

// realSecondGap returns how long the second change takes with Prometheus' service discovery.
func realSecondGap(t *testing.T, between time.Duration) (gap time.Duration) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		registry := prometheus.NewRegistry()
		metrics, err := discovery.CreateAndRegisterSDMetrics(registry)
		require.NoError(t, err)
		m := discovery.NewManager(ctx, promslog.NewNopLogger(), registry, metrics)
		go func() { _ = m.Run() }()
		received := make(chan time.Time)
		go func() {
			for range m.SyncCh() {
				received <- time.Now()
			}
			close(received)
		}()
		start := time.Now()
		for i, at := range []time.Duration{0, time.Minute, time.Minute + between} {
			time.Sleep(time.Until(start.Add(at)))
			require.NoError(t, m.ApplyConfig(map[string]discovery.Configs{"config-0": {
				discovery.StaticConfig{{Source: fmt.Sprint(i), Labels: nil, Targets: nil}},
			}}))
			changed := time.Now()
			gap = (<-received).Sub(changed)
		}
		cancel()
		for range received {
		}
	})
	return gap
}
