package plan_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/sim/plan"
)

// Wilks' numbers (Ann. Math. Statist. 12, 1941), as in the tables of order statistics.
func TestSeedsAndRanks(t *testing.T) {
	for _, tt := range []struct {
		p, confidence float64
		n             int
	}{{0.95, 0.95, 59}, {0.99, 0.95, 299}, {0.9, 0.9, 22}, {0.5, 0.9, 4}, {0.95, 0.99, 90}, {0.99, 0.99, 459},
		{0.5, 0.5, 1}} {
		n, err := plan.SeedsFor(tt.p, tt.confidence)
		require.NoError(t, err)
		require.Equal(t, tt.n, n, tt)
		require.Equal(t, n, plan.Rank(n, tt.p, tt.confidence), "of the fewest it takes the largest")
		require.Zero(t, plan.Rank(n-1, tt.p, tt.confidence), "one less is not enough")
	}
	// The second largest of 93 covers the 95th percentile too, the third largest of 124.
	require.Equal(t, 92, plan.Rank(93, 0.95, 0.95))
	require.Equal(t, 92, plan.Rank(92, 0.95, 0.95))
	require.Equal(t, 122, plan.Rank(124, 0.95, 0.95))
}

func TestSharesThatMeanNothing(t *testing.T) {
	for _, p := range []float64{0, 1, -1, 2} {
		_, err := plan.SeedsFor(p, 0.95)
		require.ErrorContains(t, err, "write one between 0 and 100")
		_, err = plan.SeedsFor(0.95, p)
		require.ErrorContains(t, err, "write one between 0 and 1")
	}
	_, err := plan.SeedsFor(0.999999, 0.999999)
	require.ErrorContains(t, err, "above the limit of 100000")
}
