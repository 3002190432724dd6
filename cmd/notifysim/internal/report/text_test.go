package report

import (
	"bytes"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// The report with colours is the report without colours, with escape sequences added.
func TestColours(t *testing.T) {
	file, err := scenarios.Load("../../testdata/fails.yml")
	require.NoError(t, err)
	render := func(paint painter) string {
		var out bytes.Buffer
		rep := newText(&out, false)
		rep.paint = paint
		for _, test := range file.Tests {
			for _, rel := range file.Releases {
				for seed := test.Seeds.From; seed <= test.Seeds.To; seed++ {
					run := Run{File: file, Test: test, Release: rel, Seed: seed, Engine: sim.EngineModel}
					res, err := sim.Run(file, test, rel, seed, sim.Options{})
					require.NoError(t, err)
					require.NoError(t, rep.Result(run, res, 0))
				}
			}
		}
		require.NoError(t, rep.Close(0))
		return out.String()
	}
	coloured := render(true)
	require.Contains(t, coloured, "\x1b[31;1mFAIL\x1b[0m")
	require.Contains(t, coloured, "\x1b[32mpass\x1b[0m")
	codes := regexp.MustCompile("\x1b\\[[0-9;]*m")
	require.Equal(t, render(false), codes.ReplaceAllString(coloured, ""))
}
