package sim_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/summary"
)

// The golden file shows the summaries of testdata/summary/summary.yml and of the library, so that a reviewer can read
// them and check their names and numbers.
func TestSummary(t *testing.T) {
	var out bytes.Buffer
	write := func(file *scenarios.File) {
		for _, test := range file.Tests {
			for _, rel := range file.Releases {
				if !test.For(rel) {
					continue
				}
				res, err := sim.Run(file, test, rel, test.Seeds.From, sim.Options{})
				require.NoError(t, err)
				out.WriteString(file.Path + ", " + test.Name + ", " + rel.Name + ":\n    " + summary.Of(file, test, rel, res) +
					"\n")
			}
		}
	}
	file, err := scenarios.Load(filepath.Join("testdata", "summary", "summary.yml"))
	require.NoError(t, err)
	write(file)
	for _, name := range []string{"long_queue_resolves_firing_alerts.yml", "all_fail.yml",
		"at_least_one_success_is_enough.yml", "no_alertmanager.yml", "peer_hangs.yml",
		"relabelling_drops_on_the_way.yml", "removing_a_hung_alertmanager_blocks_send.yml", "shutdown.yml",
		"failing_over_during_an_outage.yml"} {
		file, err := scenarios.LoadEmbedded(name)
		require.NoError(t, err)
		write(file)
	}
	golden := filepath.Join("testdata", "summary", "summary.txt")
	if *update {
		require.NoError(t, os.WriteFile(golden, out.Bytes(), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(string(want), out.String()))
}
