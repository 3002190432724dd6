package gate

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestMeasure measures, on this machine as it is, how often the gate cries wolf and what it finds. It takes a quarter of
// an hour or more, so it runs only when asked: GATE_MEASURE=200 go test -run Measure -timeout 2h -v ./bench/gate
// compares the same code 200 times, and each injected change half as often;
// -run 'Measure/5%' measures one of them. GATE_BENCHTIME is how long a sample runs, 10ms if unset: a tenth of what a
// session takes by default, and so noisier.
func TestMeasure(t *testing.T) {
	runs, err := strconv.Atoi(os.Getenv("GATE_MEASURE"))
	if err != nil {
		t.Skip("GATE_MEASURE is not a number of runs")
	}
	r := newShopRepo(t)
	base := shop{work: 1000, more: true}

	build := func(name string, s shop) *side {
		commit := r.commit(s)
		sd := &side{name: name + " " + commit[:8], dir: r.dir}
		session := Session{}
		session.defaults()
		tmp := t.TempDir()
		require.NoError(t, session.build(t.Context(), sd, tmp, "side"))
		require.FileExists(t, filepath.Join(tmp, "side-0.test"))

		return sd
	}
	old := build("base", base)
	for _, c := range []struct {
		name   string
		change func(*shop)
		bench  string
		runs   int
		want   float64 // the least share of failures, or the largest if nothing was changed
	}{
		{"the same code", func(*shop) {}, "Send|Tree|Walk", runs, 0.01},
		{"10% slower", func(s *shop) { s.work = 1100 }, "Send", runs / 2, 0.95},
		{"5% slower", func(s *shop) { s.work = 1050 }, "Send", runs / 2, 0.80},
		{"one more allocation", func(s *shop) { s.allocs = 1 }, "Send", runs / 4, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := base
			c.change(&s)
			new := build(c.name, s)
			count := map[Verdict]int{}
			began := time.Now()
			for i := range c.runs {
				session := Session{Bench: c.bench, Benchtime: cmp.Or(os.Getenv("GATE_BENCHTIME"), "10ms")}
				session.defaults()
				report, err := session.compare(t.Context(), old, new)
				require.NoError(t, err)
				count[report.Verdict]++
				if (report.Verdict == Pass) != (c.name == "the same code") {
					t.Logf("%s, run %d:\n%s", c.name, i, textOf(t, report))
				}
			}
			failed := float64(count[Fail]) / float64(c.runs)
			line := fmt.Sprintf("%-20s %d gates: %d PASS, %d FAIL, %d INCONCLUSIVE, %d CANNOT DECIDE; %.1f%% failed, wanted %.0f%%; %v a gate",
				c.name, c.runs, count[Pass], count[Fail], count[NoConclusion], count[CannotDecide], 100*failed, 100*c.want,
				(time.Since(began) / time.Duration(c.runs)).Round(time.Millisecond))
			fmt.Println(line)
			if c.name == "the same code" {
				require.LessOrEqual(t, failed, c.want)
			} else {
				require.GreaterOrEqual(t, failed, c.want)
			}
		})
	}
}
