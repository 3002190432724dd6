package fakeam

import (
	"cmp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// However many label sets are remembered as one, each fares as it would alone.
func TestEpisodesOfManyAreThoseOfEach(t *testing.T) {
	const n = 2*chunkSize + 40
	rapid.Check(t, func(t *rapid.T) {
		var all Episodes
		alone := make([]Episodes, n)
		each := func(first, n int, do func(e *Episodes) []Change) (list []Change) {
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
			for at := all.Lapses(); at <= now; at = all.Lapses() {
				require.Equal(t, each(0, n, func(e *Episodes) []Change { return e.Expire(at) }), spread(all.Expire(at)))
			}
			first := rapid.IntRange(0, n-1).Draw(t, "first")
			if rapid.Bool().Draw(t, "at a usual place") {
				first = first / 64 * 64
			}
			b := Batch{
				First: first, N: min(rapid.SampledFrom([]int{1, 64, 64, 64, 256, 300, n}).Draw(t, "n"), n-first),
				StartsAt: now - int64(rapid.IntRange(0, 50).Draw(t, "age")), EndsAt: now + int64(rapid.IntRange(-40, 100).Draw(t, "ends")),
				Until: now + int64(rapid.IntRange(-20, 200).Draw(t, "until")),
			}
			switch rapid.IntRange(0, 19).Draw(t, "what") {
			case 0:
				all.Restart(now)
				each(0, n, func(e *Episodes) []Change { e.Restart(now); return nil })
			case 1:
				all.Ends(now, b.First, b.N)
				each(b.First, b.N, func(e *Episodes) []Change { e.Ends(now, 0, 1); return nil })
			default:
				alike := b
				alike.First, alike.N = 0, 1
				require.Equal(t, each(b.First, b.N, func(e *Episodes) []Change { return e.Take(now, &alike) }), spread(all.Take(now, &b)))
			}
			for i := range n {
				require.Equal(t, alone[i].slot(0), all.slot(i))
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
