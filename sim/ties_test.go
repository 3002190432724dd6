package sim_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/compare"
)

// Where two things happen at one instant, or a random order of Go's maps decides, all engines still agree.
func TestEnginesAgreeOnTies(t *testing.T) {
	files, err := filepath.Glob("testdata/ties/*.yml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, path := range files {
		file, err := scenarios.Load(path)
		require.NoError(t, err)
		for _, test := range file.Tests {
			t.Run(filepath.Base(path)+"/"+test.Name, func(t *testing.T) {
				for seed := test.Seeds.From; seed <= test.Seeds.To; seed++ {
					for _, engine := range []sim.Engine{sim.EngineManager, sim.EnginePrometheus} {
						res, seen, err := compare.Observe(engine, file, test, file.Releases[0], seed, sim.Options{})
						require.NoError(t, err)
						require.Empty(t, res.Failures, "%s, seed %d", engine, seed)
						with := sim.Options{Orders: seen.Orders}
						_, model, err := compare.Observe(sim.EngineModel, file, test, file.Releases[0], seed, with)
						require.NoError(t, err)
						require.Nil(t, compare.Differ(model, seen), "model against %s, seed %d", engine, seed)
					}
				}
			})
		}
	}
}
