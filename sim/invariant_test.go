package sim_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/notifier"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// Whatever happens in a random scenario, the invariants hold that a release promises.
func TestInvariantsHoldOnRandomScenarios(t *testing.T) {
	seen := map[string]int{}
	for _, line := range notifier.Lines() {
		t.Run(line, func(t *testing.T) {
			for seed := range uint64(60) {
				draft := sim.NewDraft(line, seed)
				file, err := scenarios.Parse("drawn.yml", draft.Text())
				require.NoError(t, err)
				res, err := sim.Run(file, file.Tests[0], file.Releases[0], 1, sim.Options{})
				require.NoError(t, err)
				for _, v := range res.Violations {
					if v.Excuse == "" {
						t.Errorf("seed %d: %s: %s at %v\n%s", seed, v.Invariant, v.Message, v.At, draft.Text())
					} else {
						seen[v.Invariant]++
					}
				}
			}
		})
	}
	t.Logf("not promised, and did not hold: %v", seen)
}
