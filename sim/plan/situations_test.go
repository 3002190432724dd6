package plan_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/plan"
)

// Five situations that people report, on the real notifier. With the capacity that is needed it drops nothing, and with
// one less something. Where alerts would wait too long, the plan has less than is needed: then each alert of capacity
// less is one more drop, but the alerts that the capacity holds arrive in time; with all that is needed, many arrive
// when they have expired. Without SITUATIONS=1 (make situations), the runs for the need end when the queue has been at
// its longest.
func TestSituations(t *testing.T) {
	for name, want := range map[string]struct {
		regime plan.Regime
		useful bool // the capacity needed is
	}{
		"one_of_three_hangs":       {plan.Hang, false},
		"a_rule_with_30000_alerts": {plan.Burst, true},
		"a_slow_pair":              {plan.SlowAlertmanager, true},
		"a_fast_refusal":           {plan.FastRefusal, true},
		"a_burst_after_a_restart":  {plan.Burst, true},
	} {
		t.Run(name, func(t *testing.T) {
			q := read(t, filepath.Join("testdata", "situations", name+".yml"))
			p := answer(t, q).Plans[0]
			require.Equal(t, want.regime, p.Regime)
			require.Equal(t, want.useful, p.Needed <= p.Useful)
			end := p.Peak.At + time.Second
			if os.Getenv("SITUATIONS") != "" {
				end = 0
			}
			dropped, _ := onPrometheus(t, q, p.Peak.Seed, p.Needed, end)
			require.Zero(t, dropped)
			dropped, _ = onPrometheus(t, q, p.Peak.Seed, p.Needed-1, end)
			require.Positive(t, dropped)
			if want.useful {
				require.Equal(t, p.Needed, p.Capacity)
				return
			}
			require.Less(t, p.Capacity, p.Needed)
			dropped, late := onPrometheus(t, q, p.Peak.Seed, p.Capacity, 0)
			require.Zero(t, late)
			less, _ := onPrometheus(t, q, p.Peak.Seed, p.Capacity-1, 0)
			require.Equal(t, dropped+1, less)
			_, late = onPrometheus(t, q, p.Peak.Seed, p.Needed, 0)
			require.Greater(t, late, int64(p.Needed/4))
		})
	}
}

// onPrometheus runs a scenario on the real notifier, to its end or to an instant, and counts the alerts that its queues
// drop and those that have expired when an Alertmanager takes them.
func onPrometheus(t *testing.T, q plan.Question, seed uint64, capacity int, end time.Duration) (dropped, late int64) {
	t.Helper()
	file, err := scenarios.Load(q.File)
	require.NoError(t, err)
	file.Flags.QueueCapacity = capacity
	if end > 0 {
		file.Tests[0].Duration = end
	}
	res, err := sim.Run(file, file.Tests[0], file.Releases[0], seed, sim.Options{Engine: sim.EnginePrometheus})
	require.NoError(t, err)
	for _, a := range res.Ledger.Alertmanagers {
		dropped += a.Dropped.Of(core.QueueFull) + a.Dropped.Of(core.BatchTooLarge)
		late += a.Late
	}
	return dropped, late
}
