package fakeam

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestZeroBitset(t *testing.T) {
	var set Bitset
	require.False(t, set.Has(0))
	require.False(t, set.Has(-1))
	require.False(t, set.Has(1<<30))
	require.Zero(t, set.Add(1<<30, 0))
	require.Zero(t, set.Add(5, -3))
	require.Equal(t, Bitset{}, set)
	require.PanicsWithValue(t, "fakeam: negative label set number", func() { set.Add(-1, 2) })
}

func TestBitsetCounts(t *testing.T) {
	var set Bitset
	require.Equal(t, 8, set.Add(0, 8))
	require.Equal(t, 2, set.Add(3, 7)) // adds 3 to 9, of which only 8 and 9 are new
	require.Equal(t, 0, set.Add(0, 10))
	require.Equal(t, int64(10), set.Unique)
	require.Equal(t, int64(15), set.Duplicates)
	require.True(t, set.Has(9))
	require.False(t, set.Has(10))
}

// A Bitset behaves like a map from numbers to booleans.
func TestBitsetIsAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var set Bitset
		model := map[int]bool{}
		var unique, duplicates int64
		edge := rapid.OneOf(rapid.IntRange(0, 700), rapid.SampledFrom([]int{0, 1, 63, 64, 65, 127, 128, 191, 192}))
		for range rapid.IntRange(1, 30).Draw(t, "adds") {
			first, n := edge.Draw(t, "first"), edge.Draw(t, "n")
			fresh := 0
			for i := first; i < first+n; i++ {
				if model[i] {
					duplicates++
				} else {
					fresh++
				}
				model[i] = true
			}
			unique += int64(fresh)
			require.Equal(t, fresh, set.Add(first, n))
			require.Equal(t, unique, set.Unique)
			require.Equal(t, duplicates, set.Duplicates)
		}
		for i := -1; i < 1500; i++ {
			require.Equal(t, model[i], set.Has(i), "number %d", i)
		}
	})
}

func TestBitsetAllocatesOnlyToGrow(t *testing.T) {
	var set Bitset
	set.Add(0, 100_000)
	first := 0
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		set.Add(first%99_000, 256)
		first += 77
	}))
	grown := testing.AllocsPerRun(1, func() {
		var set Bitset
		for i := range 100_000 {
			set.Add(i, 1)
		}
	})
	require.Less(t, grown, 30.0)
}
