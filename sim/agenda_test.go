package sim

import (
	"cmp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// What is planned happens in the order of time, class, position and entry, however much of it there is and whenever it was planned.
func TestAgendaKeepsOrder(t *testing.T) {
	type plan struct {
		at       int64
		class    class
		position int
		turn     int
	}
	rapid.Check(t, func(t *rapid.T) {
		var a agenda
		var want, got []plan
		now, turn := int64(0), 0
		for range rapid.IntRange(1, 300).Draw(t, "steps") {
			if a.len() == 0 || rapid.IntRange(0, 9).Draw(t, "add") < rapid.SampledFrom([]int{4, 5, 6, 9}).Draw(t, "of ten") {
				p := plan{now + rapid.Int64Range(0, 20).Draw(t, "in"), class(rapid.IntRange(0, int(classEnd)).Draw(t, "class")), rapid.IntRange(0, 3).Draw(t, "position"), turn}
				turn++
				a.add(p.at, p.class, p.position, actionFunc(func(*run) { got = append(got, p) }))
				want = append(want, p)
				continue
			}
			slices.SortFunc(want, func(p, o plan) int {
				return cmp.Or(cmp.Compare(p.at, o.at), cmp.Compare(p.class, o.class), cmp.Compare(p.position, o.position), cmp.Compare(p.turn, o.turn))
			})
			require.Equal(t, want[0].at, a.first().at)
			require.Equal(t, want[0].class, a.first().class())
			e := a.next()
			now = e.at
			e.what.act(nil)
			require.Equal(t, want[0], got[0])
			want, got = want[1:], got[:0]
			n := 0
			for range a.all() {
				n++
			}
			require.Equal(t, len(want), n)
			require.Equal(t, n, a.len())
		}
	})
}
