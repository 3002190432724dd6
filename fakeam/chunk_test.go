package fakeam

import (
	"cmp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Label sets in the same run have the same states and changes as if each were on its own.
func TestAlertStatesInRuns(t *testing.T) {
	const n = 2*chunkSize + 40
	rapid.Check(t, func(t *rapid.T) {
		var all AlertStates
		alone := make([]AlertStates, n)
		each := func(first, n int, do func(e *AlertStates) []Change) (list []Change) {
			for i := first; i < first+n; i++ {
				for _, c := range do(&alone[i]) {
					c.First = i
					list = append(list, c)
				}
			}
			return sortedChanges(list)
		}
		spread := func(list []Change) (single []Change) {
			for _, c := range list {
				for i := range c.N {
					single = append(single, Change{At: c.At, Kind: c.Kind, First: c.First + i, N: 1})
				}
			}
			return sortedChanges(single)
		}
		var now int64
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now += int64(rapid.IntRange(0, 50).Draw(t, "wait"))
			for at := all.NextFalseResolve(); at <= now; at = all.NextFalseResolve() {
				require.Equal(t, each(0, n, func(e *AlertStates) []Change { return e.Expire(at) }), spread(all.Expire(at)))
			}
			first := rapid.IntRange(0, n-1).Draw(t, "first")
			if rapid.Bool().Draw(t, "aligned") {
				first = first / 64 * 64
			}
			b := AlertRange{
				First: first, N: min(rapid.SampledFrom([]int{1, 64, 64, 64, 256, 300, n}).Draw(t, "n"), n-first),
				StartsAt:  now - int64(rapid.IntRange(0, 50).Draw(t, "age")),
				EndsAt:    now + int64(rapid.IntRange(-40, 100).Draw(t, "ends")),
				SourceEnd: now + int64(rapid.IntRange(-20, 200).Draw(t, "source end")),
			}
			switch rapid.IntRange(0, 19).Draw(t, "what") {
			case 0:
				all.Restart(now)
				each(0, n, func(e *AlertStates) []Change { e.Restart(now); return nil })
			case 1:
				all.EndAtSource(now, b.First, b.N)
				each(b.First, b.N, func(e *AlertStates) []Change { e.EndAtSource(now, 0, 1); return nil })
			default:
				single := b
				single.First, single.N = 0, 1
				want := each(b.First, b.N, func(e *AlertStates) []Change { return e.Put(now, &single) })
				require.Equal(t, want, spread(all.Put(now, &b)))
			}
			for i := range n {
				require.Equal(t, alone[i].state(0), all.state(i))
			}
			for _, c := range all.chunks {
				for i, r := range c.runs {
					require.Less(t, r.from, r.to)
					require.True(t, i == 0 || c.runs[i-1].to <= r.from)
				}
			}
		}
	})
}

func sortedChanges(list []Change) []Change {
	slices.SortStableFunc(list, func(a, b Change) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.First, b.First), cmp.Compare(a.Kind, b.Kind))
	})
	return list
}

// Extend has the same result as Put at any times up to now at which Put reports no changes.
func TestExtend(t *testing.T) {
	const n, size = chunkSize + 100, 8
	rapid.Check(t, func(t *rapid.T) {
		var extended, put AlertStates
		extended.GCInterval, put.GCInterval = 70, 70
		var now int64
		extends := 0
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			begin := now
			now += rapid.SampledFrom([]int64{0, 0, 1, 20, 40}).Draw(t, "duration")
			if rapid.IntRange(0, 19).Draw(t, "restart") == 0 {
				extended.Restart(now)
				put.Restart(now)
			}
			first := rapid.SampledFrom([]int{0, 0, 0, 16, 16, 64, 200, chunkSize}).Draw(t, "first")
			b := AlertRange{
				First: first, N: rapid.SampledFrom([]int{n - first, size, size, 64, 90}).Draw(t, "n"),
				StartsAt:  rapid.SampledFrom([]int64{0, 0, 0, begin}).Draw(t, "starts"),
				EndsAt:    now + rapid.SampledFrom([]int64{-10, 5, 50, 50, 50, 100}).Draw(t, "ends"),
				SourceEnd: now + rapid.SampledFrom([]int64{-20, 20, 20, 20, 200}).Draw(t, "source end"),
			}
			if rapid.IntRange(0, 9).Draw(t, "endless") == 0 {
				b.EndsAt = Never
			}
			b.N = min(b.N, n-first)
			done := extended.Extend(now, &b)
			extends += done
			for from := 0; from < b.N; from += size {
				at := begin + (now-begin)*int64(from)/int64(b.N)
				part := b
				part.First, part.N = b.First+from, min(size, b.N-from)
				changes := put.Put(at, &part)
				if cut := min(done, from+part.N) - from; cut > 0 {
					for _, c := range changes {
						require.GreaterOrEqual(t, c.First, b.First+done, "Put must report no change for the alerts that Extend stored")
					}
					part.First, part.N = part.First+cut, part.N-cut
				}
				if part.N > 0 {
					extended.Put(at, &part)
				}
			}
			require.Equal(t, put.Counts, extended.Counts)
			for i := range n {
				a, o := put.state(i), extended.state(i)
				if a.updated < a.ends && o.updated < o.ends { // both fire, so garbage collection does not depend on updated
					a.updated, o.updated = 0, 0
				}
				require.Equal(t, a, o, "%d", i)
			}
		}
		put.Expire(now + 1000)
		extended.Expire(now + 1000)
		require.Equal(t, put.Counts, extended.Counts)
	})
}
