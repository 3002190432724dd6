package eventqueue_test

import (
	"cmp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/notifysim/notifysim/sim/internal/eventqueue"
)

// Entries come out in the order of time, class, position and call of Add, however many there are and whenever they were
// added.
func TestQueueKeepsOrder(t *testing.T) {
	type event struct {
		at       int64
		class    eventqueue.Class
		position int
		turn     int
	}
	const classes = 9
	rapid.Check(t, func(t *rapid.T) {
		var q eventqueue.Queue[event]
		var want []event
		now, turn := int64(0), 0
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			if q.Len() == 0 || rapid.IntRange(0, 9).Draw(t, "add") < rapid.SampledFrom([]int{4, 5, 6, 9}).Draw(t, "of ten") {
				e := event{
					now + rapid.Int64Range(0, 20).Draw(t, "in"), eventqueue.Class(rapid.IntRange(0, classes-1).Draw(t, "class")),
					rapid.IntRange(0, 3).Draw(t, "position"), turn,
				}
				turn++
				q.Add(e.at, e.class, e.position, e)
				want = append(want, e)
				continue
			}
			slices.SortFunc(want, func(a, b event) int {
				return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.class, b.class), cmp.Compare(a.position, b.position),
					cmp.Compare(a.turn, b.turn))
			})
			require.Equal(t, want[0].at, q.First().At)
			require.Equal(t, want[0].class, q.First().Class())
			e := q.Next()
			now = e.At
			require.Equal(t, want[0], e.Value)
			want = want[1:]
			n := 0
			for range q.All() {
				n++
			}
			require.Equal(t, len(want), n)
			require.Equal(t, n, q.Len())
		}
	})
}
