package plan_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/notifier"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/plan"
)

// Five situations that people report. The real notifier drops nothing with the capacity that is needed, and something with one less.
// Its runs end when the queue has been at its longest; with SITUATIONS=1 (make situations) they are whole.
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
			require.Zero(t, overflowOnPrometheus(t, q, p.Peak, p.Needed))
			require.Positive(t, overflowOnPrometheus(t, q, p.Peak, p.Needed-1))
			if !want.useful {
				require.Less(t, p.Capacity, p.Needed)
				require.Positive(t, overflowOnPrometheus(t, q, p.Peak, p.Capacity))
			}
		})
	}
}

// overflowOnPrometheus runs the scenario of a peak on the real notifier and counts what its queues drop.
func overflowOnPrometheus(t *testing.T, q plan.Question, peak plan.Peak, capacity int) (n int64) {
	t.Helper()
	file, err := scenarios.Load(q.File)
	require.NoError(t, err)
	file.Flags.QueueCapacity = capacity
	if os.Getenv("SITUATIONS") == "" {
		file.Tests[0].Duration = peak.At + time.Second
	}
	res, err := sim.Run(file, file.Tests[0], file.Releases[0], peak.Seed, sim.Options{Engine: sim.EnginePrometheus})
	require.NoError(t, err)
	for _, a := range res.Ledger.Alertmanagers {
		n += a.Dropped.Of(notifier.QueueFull) + a.Dropped.Of(notifier.BatchTooLarge)
	}
	return n
}
