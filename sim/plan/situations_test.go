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

// Five situations that people report, on the real notifier: with the drop-free capacity it drops nothing, and with one
// less something. Where alerts would wait too long, many copies arrive when they have expired, none with the useful
// capacity. Without SITUATIONS=1 (make situations), the first two runs end when the queue has been at its longest. No
// setting that was tried is better than the advised one.
func TestSituations(t *testing.T) {
	for name, want := range map[string]struct {
		regime plan.Regime
		useful bool // the drop-free capacity is
		advice string
	}{
		"one_of_three_hangs":       {plan.Hang, false, ""},
		"a_rule_with_30000_alerts": {plan.Burst, true, "--alertmanager.notification-queue-capacity=30000"},
		"a_slow_pair":              {plan.SlowAlertmanager, true, "--alertmanager.notification-batch-size=256"},
		"a_fast_refusal":           {plan.FastRefusal, true, ""},
		"a_burst_after_a_restart":  {plan.Burst, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			q := read(t, filepath.Join("testdata", "situations", name+".yml"))
			p := answer(t, q).Plans[0]
			require.Equal(t, want.regime, p.Regime)
			require.Equal(t, want.useful, p.Needed <= p.Useful)
			require.Equal(t, want.advice, p.Advice.Setting)
			engine, end := sim.EngineModel, p.Peak.At+time.Second
			if os.Getenv("SITUATIONS") != "" {
				engine, end = sim.EnginePrometheus, 0
			}
			checkAdvice(t, q, p, engine)
			dropped, _ := onPrometheus(t, q, p.Peak.Seed, p.Needed, end)
			require.Zero(t, dropped)
			dropped, _ = onPrometheus(t, q, p.Peak.Seed, p.Needed-1, end)
			require.Positive(t, dropped)
			if !want.useful {
				_, late := onPrometheus(t, q, p.Peak.Seed, p.Useful, 0)
				require.Zero(t, late)
				_, late = onPrometheus(t, q, p.Peak.Seed, p.Needed, 0)
				require.Greater(t, late, int64(p.Needed/4))
			}
		})
	}
}

// onPrometheus runs a scenario on the real notifier, to its end or to an instant, and counts the alerts that its
// queues drop and those that have expired when an Alertmanager takes them.
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
