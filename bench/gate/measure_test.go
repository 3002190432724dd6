package gate

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestMeasure measures on this machine how often the gate raises false alarms and how often it finds injected changes.
// It takes half an hour or more, so it runs only on request: GATE_MEASURE=200 (make gate-measure) compares the same
// code 200 times, and each injected change less often. With -run 'Measure/5%' it measures one change only.
// GATE_BENCHTIME is how long a sample runs; the default of 10ms is a tenth of the default of a session, and so noisier.
// GATE_REPORT is the file that the table is written to.
func TestMeasure(t *testing.T) {
	runs, err := strconv.Atoi(os.Getenv("GATE_MEASURE"))
	if err != nil {
		t.Skip("this test takes long; set GATE_MEASURE to a number of runs")
	}
	r := newFixtureRepo(t)
	base := fixture{work: 1000, more: true}

	build := func(name string, s fixture) *side {
		commit := r.commit(s)
		sd := &side{name: name + " " + commit[:8], dir: r.dir}
		session := Session{}
		session.defaults()
		tmp := t.TempDir()
		require.NoError(t, sd.build(t.Context(), session.Packages, tmp, "side"))
		require.FileExists(t, filepath.Join(tmp, "side-0.test"))

		return sd
	}
	old := build("base", base)
	var rates []rate
	for _, c := range []struct {
		name   string
		change func(*fixture)
		bench  string
		runs   int
		want   float64 // the least share of failures; if nothing was changed, the largest
	}{
		{"the same code", func(*fixture) {}, "Send|Tree|Walk", runs, 0.01},
		{"10% slower", func(s *fixture) { s.work = 1100 }, "Send", runs / 2, 0.95},
		{"5% slower", func(s *fixture) { s.work = 1050 }, "Send", runs / 2, 0.80},
		{"one more allocation", func(s *fixture) { s.allocs = 1 }, "Send", runs / 4, 1},
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
			m := rate{c.name, count, c.runs, time.Since(began)}
			fmt.Println(m)
			rates = append(rates, m)
			if c.name == "the same code" {
				require.LessOrEqual(t, m.failed(), c.want)
			} else {
				require.GreaterOrEqual(t, m.failed(), c.want)
			}
		})
	}
	if path := os.Getenv("GATE_REPORT"); path != "" {
		require.NoError(t, os.WriteFile(path, []byte(ratesPage(rates)), 0o666))
	}
}

// A rate counts the verdicts of the gate about one change.
type rate struct {
	change string
	count  map[Verdict]int
	runs   int
	took   time.Duration
}

func (m rate) failed() float64 { return float64(m.count[Fail]) / float64(m.runs) }

func (m rate) String() string {
	return fmt.Sprintf("| %s | %d | %d | %d | %d | %.1f %% | %v |", m.change, m.runs, m.count[Pass], m.count[Fail],
		m.count[NoConclusion]+m.count[CannotDecide], 100*m.failed(),
		(m.took / time.Duration(m.runs)).Round(10*time.Millisecond))
}

// ratesPage returns the page that shows the rates.
func ratesPage(rates []rate) string {
	var b strings.Builder
	b.WriteString(`# How often the gate is right

Written by ` + "`make gate-measure`" + `: complete gates of the timing lane, one after the other, on a machine
with two processors that did other work too. Each gate compares two builds of a small module with one to three
benchmarks, in samples of 10 ms, a tenth of the default. The same code should pass, and every change should fail.

| change | gates | passed | failed | undecided | share failed | a gate took |
|---|--:|--:|--:|--:|--:|--:|
`)
	for _, m := range rates {
		fmt.Fprintln(&b, m)
	}
	return b.String()
}
