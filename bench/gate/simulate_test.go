package gate

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// A machine simulates the noise in the time of runs. It consists of a drift that decays by a tenth in every run (AR(1),
// φ = 0.9, sd 5 %), of 2 % of independent noise, and of a slowdown by a fifth in every twentieth run. On a loud
// machine, which has more runnable processes than processors, every run also waits, on average for as long as it works.
//
// Processor time has a third of the drift and the same independent noise. In every tenth run it is 8 % higher, because
// other processes evicted the cache. These numbers reproduce measurements on a virtual machine with six runnable
// processes per processor: between pairs of runs of 15 to 40 ms, processor time differed by 2 % in the median and by up
// to 5–10 % in nine of ten pairs; time differed by 20 % and by up to 110–190 %.
type machine struct {
	rng   *rand.Rand
	loud  bool
	drift float64
}

func newMachine(seed uint64, loud bool) *machine {
	rng := rand.New(rand.NewPCG(seed, 77))
	return &machine{rng, loud, 0.05 * rng.NormFloat64()}
}

// run returns the time and the processor time of a run that would take 1 without noise.
func (m *machine) run() (clock, cpu float64) {
	const phi, innovation = 0.9, 0.05 * 0.43588989435406733 // √(1−φ²)
	m.drift = phi*m.drift + innovation*m.rng.NormFloat64()
	clock = 1 + m.drift + 0.02*m.rng.NormFloat64()
	if m.rng.IntN(20) == 0 {
		clock *= 1.2
	}
	if m.loud {
		clock *= 1 + m.rng.ExpFloat64()
	}
	cpu = 1 + m.drift/3 + 0.02*m.rng.NormFloat64()
	if m.rng.IntN(10) == 0 {
		cpu *= 1.08
	}
	return clock, cpu
}

// A trial describes a simulated comparison.
type trial struct {
	benchmarks int
	effect     float64 // how much slower the first benchmark is on the new side
	blocks     bool    // the sides run one after the other instead of in turn
	loud       bool
	clockOnly  bool // there is no processor time, as in files that no session wrote
	once       bool // rows are not measured again
}

// table simulates pairs of runs of every benchmark.
func (tr trial) table(m *machine, pairs int) *Table {
	t := &Table{Interleaved: true}
	for i := range tr.benchmarks {
		for _, unit := range []string{"sec/op", cpuUnit} {
			if unit == cpuUnit && tr.clockOnly {
				continue
			}
			t.Rows = append(t.Rows, &Row{
				Benchmark: strconv.Itoa(i), Unit: unit, tidy: unit, Lane: LaneTiming, Better: Lower,
				Rule: Rule{MinEffect: DefaultMinEffect}, hasCPU: unit != cpuUnit && !tr.clockOnly,
			})
		}
	}
	measure := func(benchmark, side int) {
		slow := 1.0
		if benchmark == 0 && side == 1 {
			slow += tr.effect
		}
		clock, cpu := m.run()
		for _, r := range t.Rows {
			if r.Benchmark != strconv.Itoa(benchmark) {
				continue
			}
			to, value := &r.Old, slow*clock
			if side == 1 {
				to = &r.New
			}
			if r.tidy == cpuUnit {
				value = slow * cpu
			}
			to.Values = append(to.Values, value)
		}
	}
	if tr.blocks {
		for side := range 2 {
			for i := range tr.benchmarks {
				for range pairs {
					measure(i, side)
				}
			}
		}
		return t
	}
	for pair := range pairs {
		for i := range tr.benchmarks {
			for turn := range 2 {
				measure(i, (turn+pair+i)%2)
			}
		}
	}
	return t
}

// gate decides as a session does: from 20 pairs, and from fresh pairs for rows that look bad or are too noisy.
func (tr trial) gate(seed uint64) Verdict {
	th := (*Thresholds)(nil).withDefaults()
	m := newMachine(seed, tr.loud)
	t := tr.table(m, 20)
	judgeTimings(t.Rows, t, th)
	r := &Report{Rows: t.Rows}
	for round := 1; !tr.once && round <= 2+retries; round++ {
		var suspects []*Row
		for _, row := range r.Rows {
			if row.suspect(round, 1, th) {
				suspects = append(suspects, row)
			}
		}
		if len(suspects) == 0 {
			break
		}
		r.replace(suspects, tr.table(m, freshPairs(20)), th)
	}
	r.decide()
	return r.Verdict
}

// rates returns the shares of the trials that fail and that pass.
func (tr trial) rates(t *testing.T, name string) (failed, passed float64) {
	n := trials()
	count := map[Verdict]int{}
	for i := range n {
		count[tr.gate(uint64(i))]++
	}
	failed, passed = float64(count[Fail])/float64(n), float64(count[Pass])/float64(n)
	t.Logf("%-50s %5.1f%% fail, %5.1f%% pass", name, 100*failed, 100*passed)
	return failed, passed
}

// trials returns from how many trials a rate is estimated: GATE_TRIALS, or 200 if it is not set.
func trials() int {
	if n, err := strconv.Atoi(os.Getenv("GATE_TRIALS")); err == nil {
		return n
	}
	return 200
}

// These are the rates that the gate promises for any number of rows and any load of the machine: for unchanged code at
// most 1 % of the gates fail; if a benchmark is 10 % slower 95 % fail, and if it is 5 % slower 80 % fail. Unchanged
// code passes.
func TestRates(t *testing.T) {
	for _, tr := range []trial{
		{benchmarks: 1}, {benchmarks: 8},
		{benchmarks: 1, loud: true}, {benchmarks: 8, loud: true},
		{benchmarks: 8, clockOnly: true},
	} {
		name := fmt.Sprintf("benchmarks: %d, loud: %v, clock only: %v", tr.benchmarks, tr.loud, tr.clockOnly)
		alarms, passed := tr.rates(t, name)
		require.LessOrEqual(t, alarms, 0.01)
		require.GreaterOrEqual(t, passed, 0.9)
		for _, c := range []struct{ effect, found float64 }{{0.10, 0.95}, {0.05, 0.80}} {
			tr.effect = c.effect
			found, _ := tr.rates(t, fmt.Sprintf("%s, %s slower", name, percent(c.effect)))
			require.GreaterOrEqual(t, found, c.found)
		}
	}
}

// Two simpler designs would break the promise. If one side is recorded after the other instead of in turn, the same
// test raises many false alarms. If only the time is judged, nothing passes on a loud machine.
func TestRatesOfLesserDesigns(t *testing.T) {
	blocks, _ := trial{benchmarks: 1, blocks: true, clockOnly: true, once: true}.rates(t, "one side after the other")
	require.Greater(t, blocks, 0.05)
	_, passed := trial{benchmarks: 8, loud: true, clockOnly: true}.rates(t, "clock only, loud")
	require.Less(t, passed, 0.5)
}

// Without the minimum effect, the p-value alone rejects unchanged code at most as often as its level says, if the sides
// run in turn.
func TestSignedRankLevel(t *testing.T) {
	n, rejected := 1000, 0
	for i := range n {
		row := trial{benchmarks: 1}.table(newMachine(uint64(i), false), 20).Rows[0]
		row.Timing = pair(row, 0.01)
		if row.Timing.P <= 0.05 {
			rejected++
		}
	}
	share := float64(rejected) / float64(n)
	t.Logf("rejected at 0.05: %.2f%%", 100*share)
	require.InDelta(t, 0.05, share, 0.02)
}
