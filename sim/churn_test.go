package sim_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// churnSteps runs a scenario with a churn and returns its joins and leaves, each as "TIME join ADDRESS".
func churnSteps(t *testing.T, churn string, seed uint64, o sim.Options) (steps []string) {
	t.Helper()
	file, err := scenarios.Parse("churn.yml", []byte(`
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
tests: [{name: churn, duration: 100h, timeline: [{at: 0s, churn: {config-0: {
  targets: ['am-a:9093', 'am-b:9093', 'am-c:9093', 'am-d:9093'], `+churn+`}}}]}]
`))
	require.NoError(t, err)
	o.Events = func(e *sim.Event) {
		if e.Kind == trace.KindLeave || e.Kind == trace.KindJoin {
			steps = append(steps, e.At.String()+" "+e.Kind.String()+" "+e.Alertmanagers[0])
		}
	}
	_, err = sim.Run(file, file.Tests[0], core.Newest(), seed, o)
	require.NoError(t, err)
	return steps
}

// The seed determines which Alertmanagers leave and join, and when. They leave at the given rate, each equally often.
func TestChurnIsDrawn(t *testing.T) {
	const random = "every: {exponential: {mean: 6m}}, leaves: random, up: 2"
	steps := churnSteps(t, random, 1, sim.Options{})
	require.Equal(t, steps, churnSteps(t, random, 1, sim.Options{}), "the same seed")
	require.NotEqual(t, steps, churnSteps(t, random, 2, sim.Options{}))

	left, short, newcomers, last := map[string]int{}, 0, 0, time.Duration(0)
	var there []string
	for _, s := range steps {
		w := strings.Fields(s)
		if w[1] == trace.KindJoin.String() {
			require.NotContains(t, there, w[2])
			there = append(there, w[2])
			continue
		}
		at, err := time.ParseDuration(w[0])
		require.NoError(t, err)
		i := slices.Index(there, w[2])
		require.GreaterOrEqual(t, i, 0)
		if i == len(there)-2 { // its replacement joined before it left
			newcomers++
		}
		there = slices.Delete(there, i, i+1)
		left[w[2]]++
		if at-last < 6*time.Minute {
			short++
		}
		last = at
	}
	require.Len(t, there, 2)
	n := left["am-a:9093"] + left["am-b:9093"] + left["am-c:9093"] + left["am-d:9093"]
	require.InDelta(t, 1000, n, 4*32, "the standard deviation of a Poisson count is its square root, here 32")
	for _, each := range left {
		require.InDelta(t, n/4, each, 80)
	}
	require.InDelta(t, 0.632, float64(short)/float64(n), 0.06, "the share of exponential gaps below their mean is 1 - 1/e")
	require.InDelta(t, 0.5, float64(newcomers)/float64(n), 0.07)
}

// Random times alone do not change the order in which the Alertmanagers leave (`leaves: oldest`), and a random order
// alone does not change the even times.
func TestChurnDrawsOnlyRandomParts(t *testing.T) {
	who := func(churn string) (leave []string, at []string) {
		for _, s := range churnSteps(t, churn, 3, sim.Options{}) {
			if w := strings.Fields(s); w[1] == trace.KindLeave.String() {
				leave, at = append(leave, w[2]), append(at, w[0])
			}
		}
		return leave[:100], at[:100]
	}
	even, evenly := who("every: 10m")
	drawn, drawnly := who("every: {exponential: {mean: 10m}}")
	random, randomly := who("every: 10m, leaves: random")
	require.Equal(t, even, drawn)
	require.Equal(t, evenly, randomly)
	require.NotEqual(t, evenly, drawnly)
	require.NotEqual(t, even, random)
}

// All engines agree on a scenario with drawn churn.
func TestChurnOnEngines(t *testing.T) {
	const random = "every: {exponential: {mean: 5h}}, leaves: random"
	want := churnSteps(t, random, 1, sim.Options{Phases: true})
	require.Greater(t, len(want), 20, strconv.Itoa(len(want)))
	for _, engine := range sim.Engines()[1:] {
		require.Equal(t, want, churnSteps(t, random, 1, sim.Options{Engine: engine}), engine)
	}
}
