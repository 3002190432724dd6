package bench

import (
	"fmt"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"

	"github.com/prometheus/prometheus/discovery/targetgroup"
	prom "github.com/prometheus/prometheus/notifier"

	"github.com/notifysim/notifysim/notifier"
)

const syncTargets = 1000

// BenchmarkSync measures target updates with 1,000 Alertmanagers. An update either has the same Alertmanagers as the
// one before (kept) or replaces half of them (replaced).
func BenchmarkSync(b *testing.B) {
	first, same := peerGroups(0, syncTargets), peerGroups(0, syncTargets)
	other := peerGroups(syncTargets/2, syncTargets)
	for _, c := range []struct {
		name    string
		updates [2]targetUpdate
	}{{"kept", [2]targetUpdate{same, first}}, {"replaced", [2]targetUpdate{other, first}}} {
		measure := func(b *testing.B, update func(targetUpdate)) {
			update(first)
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				update(c.updates[i%2])
				i++
			}
			b.ReportMetric(float64(b.N)*syncTargets/b.Elapsed().Seconds(), "targets/s")
		}
		b.Run("targets="+c.name+"/notifier=core", func(b *testing.B) {
			core := newIdleCore(b, &idleDriver{})
			measure(b, func(tsets targetUpdate) { core.OfferTargets(tsets, noErrors(b)) })
		})
		b.Run("targets="+c.name+"/notifier=ours", func(b *testing.B) {
			m := notifier.NewManager(&notifier.Options{QueueCapacity: managerAlerts, Do: newHanging().do}, model.UTF8Validation,
				nil)
			measureSync(b, m, measure)
		})
		b.Run("targets="+c.name+"/notifier=prometheus", func(b *testing.B) {
			m := prom.NewManager(&prom.Options{QueueCapacity: managerAlerts, Do: newHanging().do}, model.UTF8Validation, nil)
			measureSync(b, m, measure)
		})
	}
}

// measureSync passes target updates to the Run of a Manager. After each it sends an empty update, which Run receives
// only when it has applied the one before.
func measureSync(b *testing.B, m subject, measure func(*testing.B, func(targetUpdate))) {
	require.NoError(b, m.ApplyConfig(oneSet()))
	tsets := make(chan targetUpdate)
	ended := make(chan struct{})
	go func() { defer close(ended); m.Run(tsets) }()
	measure(b, func(u targetUpdate) {
		tsets <- u
		tsets <- nil
	})
	m.Stop()
	<-ended
}

// A targetUpdate is what service discovery sends: target groups by set.
type targetUpdate = map[string][]*targetgroup.Group

// peerGroups returns a target update with n Alertmanagers, whose numbers begin at first.
func peerGroups(first, n int) targetUpdate {
	addresses := make([]string, n)
	for i := range addresses {
		addresses[i] = fmt.Sprintf("am-%d:9093", first+i)
	}
	return groupsAt(addresses...)
}

// groupsAt returns a target update with these addresses, all of them in one group of the first set.
func groupsAt(addresses ...string) targetUpdate {
	group := &targetgroup.Group{}
	for _, a := range addresses {
		group.Targets = append(group.Targets, model.LabelSet{model.AddressLabel: model.LabelValue(a)})
	}
	return targetUpdate{"config-0": {group}}
}
