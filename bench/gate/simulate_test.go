package gate

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// A machine is a model of noise: a drift that forgets a tenth of itself every run (AR(1), φ = 0.9, sd 5 %), 2 % of
// independent noise, and every twentieth run a fifth slower.
type machine struct {
	rng   *rand.Rand
	drift float64
}

func newMachine(seed uint64) *machine {
	rng := rand.New(rand.NewPCG(seed, 77))
	return &machine{rng, 0.05 * rng.NormFloat64()}
}

// run is how long a run takes whose true time is 1.
func (m *machine) run() float64 {
	const phi, innovation = 0.9, 0.05 * 0.43588989435406733 // √(1−φ²)
	m.drift = phi*m.drift + innovation*m.rng.NormFloat64()
	v := 1 + m.drift + 0.02*m.rng.NormFloat64()
	if m.rng.IntN(20) == 0 {
		v *= 1.2
	}
	return v
}

// table measures rows in turn, or one side after the other; effect is by how much the first row is slower.
func (m *machine) table(rows, pairs int, effect float64, inTurn bool) *Table {
	t := &Table{Interleaved: true}
	for i := range rows {
		t.Rows = append(t.Rows, &Row{Benchmark: strconv.Itoa(i), Unit: "sec/op", tidy: "sec/op", Lane: LaneTiming, Better: Lower, Rule: Rule{MinEffect: DefaultMinEffect}})
	}
	measure := func(row, side int) {
		if r := t.Rows[row]; side == 0 {
			r.Old.Values = append(r.Old.Values, m.run())
		} else {
			slow := 1.0
			if row == 0 {
				slow += effect
			}
			r.New.Values = append(r.New.Values, slow*m.run())
		}
	}
	if inTurn {
		for pair := range pairs {
			for row := range rows {
				for turn := range 2 {
					measure(row, (turn+pair+row)%2)
				}
			}
		}
		return t
	}
	for side := range 2 {
		for row := range rows {
			for range pairs {
				measure(row, side)
			}
		}
	}
	return t
}

// gate decides as a session does: 20 pairs, then fresh ones for what looks bad or is too noisy.
func (m *machine) gate(rows int, effect float64, inTurn, confirm bool) Verdict {
	th := (*Thresholds)(nil).settled()
	t := m.table(rows, 20, effect, inTurn)
	judgeTimings(t.Rows, t, th)
	r := &Report{Rows: t.Rows}
	for round := 1; confirm && round <= 2+retries; round++ {
		var suspects []*Row
		for _, row := range r.Rows {
			if row.suspect(round, 1, th) {
				suspects = append(suspects, row)
			}
		}
		if len(suspects) == 0 {
			break
		}
		r.replace(suspects, m.table(rows, freshPairs(20), effect, inTurn), th)
	}
	r.decide()
	return r.Verdict
}

// trials is how many gates a rate is estimated from: 1,000, or GATE_TRIALS.
func trials() int {
	if n, err := strconv.Atoi(os.Getenv("GATE_TRIALS")); err == nil {
		return n
	}
	return 1000
}

// rate is the share of gates that fail.
func rate(rows int, effect float64, inTurn, confirm bool) float64 {
	n, failed := trials(), 0
	for i := range n {
		if newMachine(uint64(i)).gate(rows, effect, inTurn, confirm) == Fail {
			failed++
		}
	}
	return float64(failed) / float64(n)
}

// The promise about the whole gate, whatever its number of rows: at most 1 % of gates of unchanged code fail, 95 % of
// those with a row that is 10 % slower do, and 80 % at 5 %.
func TestRates(t *testing.T) {
	for _, rows := range []int{1, 8} {
		wolf := rate(rows, 0, true, true)
		ten := rate(rows, 0.10, true, true)
		five := rate(rows, 0.05, true, true)
		t.Logf("%d rows, in turn, confirmed: %.2f%% cry wolf, +10%% found in %.1f%%, +5%% in %.1f%%", rows, 100*wolf, 100*ten, 100*five)
		require.LessOrEqual(t, wolf, 0.01)
		require.GreaterOrEqual(t, ten, 0.95)
		require.GreaterOrEqual(t, five, 0.80)
	}
	single := rate(8, 0, true, false)
	t.Logf("8 rows, in turn, not confirmed: %.2f%% cry wolf", 100*single)
	require.LessOrEqual(t, single, 0.015)
	// Why the sides must run in turn: recorded one after the other, the same test is a false-positive machine.
	blocks := rate(1, 0, false, false)
	t.Logf("1 row, one side after the other: %.2f%% cry wolf", 100*blocks)
	require.Greater(t, blocks, 0.05)
}

// The p-value alone, without the minimum effect, keeps its level on runs in turn.
func TestSignedRankLevel(t *testing.T) {
	n, rejected := trials(), 0
	for i := range n {
		row := newMachine(uint64(i)).table(1, 20, 0, true).Rows[0]
		row.Timing = pair(row, 0.01)
		if row.Timing.P <= 0.05 {
			rejected++
		}
	}
	share := float64(rejected) / float64(n)
	t.Logf("rejected at 0.05: %.2f%%", 100*share)
	require.InDelta(t, 0.05, share, 0.02)
}
