package sim_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/compare"
)

// Differ shows two runs side by side, beginning with the last events that are the same in both.
func TestDiffer(t *testing.T) {
	file, err := scenarios.LoadEmbedded("overflow_drops_the_oldest.yml")
	require.NoError(t, err)
	see := func() *compare.Observation { return observe(t, sim.EngineModel, file, file.Tests[0], core.Newest(), 1) }
	left := see()
	require.Nil(t, compare.Differ(left, see()))

	right := see()
	right.Trace[4].Outcome = "503"
	want := `the trace differs at 200ms
      both           0s  #0    am-a:9093      post      n=5    a1..a5
      both           0s  #0                   targets
      both        100ms  #0                   send      n=5    a6..a10
      model       200ms  #0                   send      n=5    a11..a15
      engine      200ms  #0                   send      n=5    a11..a15 503
      model          1s  #0    am-a:9093      post      n=5    a9..a13
      engine         1s  #0    am-a:9093      post      n=5    a9..a13
`
	require.Empty(t, cmp.Diff(want, compare.Differ(left, right).String()))

	right = see()
	right.Trace = right.Trace[:5]
	d := compare.Differ(left, right)
	require.Equal(t, time.Second, d.At)
	require.Empty(t, d.Right)

	right = see()
	right.Ledger.Lost++
	require.Equal(t, "ledger", compare.Differ(left, right).What)

	right = see()
	for at, samples := range right.Samples {
		samples[0].Value++
		require.Equal(t, at, compare.Differ(left, right).At)
		break
	}

	left.Bodies, right = []string{"b", "a"}, see()
	require.Nil(t, compare.Differ(left, right), "the model makes no bodies")
	right.Bodies = []string{"a", "b"}
	require.Nil(t, compare.Differ(left, right))
	right.Bodies = []string{"a", "c"}
	require.Equal(t, []string{"c"}, compare.Differ(left, right).Right)
}
