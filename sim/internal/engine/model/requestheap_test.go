package model

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The first request is the one that ends earliest, whatever was added, removed and replaced before.
func TestRequestHeapIsInOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h requestHeap
		var want []int64
		for range rapid.IntRange(0, 200).Draw(t, "steps") {
			at := rapid.Int64Range(0, 50).Draw(t, "at")
			switch what := rapid.IntRange(0, 4).Draw(t, "what"); {
			case what < 2 || len(h) == 0:
				h.add(pendingRequest{at: at})
				want = append(want, at)
			case what < 4:
				h.replaceFirst(pendingRequest{at: at})
				want[0] = at
			default:
				h.removeFirst()
				want = want[1:]
			}
			slices.Sort(want)
			require.Len(t, h, len(want))
			if len(want) > 0 {
				require.Equal(t, want[0], h[0].at)
			}
		}
	})
}
