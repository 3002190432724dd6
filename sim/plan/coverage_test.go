package plan_test

import (
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/sim/plan"
)

// If 59 runs are made 1,000 times, the largest covers the true 95th percentile in 93 to 98 of 100 cases (in theory in
// 95.15, and a little more, since capacities are whole numbers). In the ordinary tests the 59 are drawn from 4,000
// runs, whose percentile is the truth; with COVERAGE=1 (make theory) all 59,000 are separate runs.
func TestCoverage(t *testing.T) {
	q := question(t, "coverage.yml", `
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
flags: {alertmanager.notification-batch-size: 1, rules.alert.resend-delay: 0s}
evaluation_interval: 1s
tests:
  - name: coverage
    duration: 30s
    input_series: [{series: 'ALERTS{alertname="X", alertstate="firing"}', expand: {i: '[1-10]'}, values: '1x29'}]
    alertmanagers: {'am-a:9093': {latency: {lognormal: {median: 70ms, sigma: 1.2}}}}
`)
	const repetitions, n = 1000, 59
	q.Seeds.To = 4000
	if os.Getenv("COVERAGE") != "" {
		q.Seeds.To = repetitions * n
	}
	s := study(t, q)
	needs := make([]int, s.Runs())
	for _, r := range records(t, s, s.ShardRuns(plan.Whole), 0) {
		needs[r.Run] = r.Need
	}
	sorted := slices.Sorted(slices.Values(needs))
	truth := sorted[(len(sorted)*95+99)/100-1]
	require.Greater(t, len(slices.Compact(slices.Clone(sorted))), 100, "too coarse to tell")
	rng := rand.New(rand.NewPCG(8, 2))
	covered := 0
	for i := range repetitions {
		largest := 0
		for j := range n {
			at := i*n + j
			if len(needs) < repetitions*n {
				at = rng.IntN(len(needs))
			}
			largest = max(largest, needs[at])
		}
		if largest >= truth {
			covered++
		}
	}
	t.Logf("the 95th percentile of %d runs is %d; covered in %d of %d", len(needs), truth, covered, repetitions)
	require.GreaterOrEqual(t, covered, repetitions*93/100)
	require.LessOrEqual(t, covered, repetitions*98/100)
}
