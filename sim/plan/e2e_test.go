//go:build e2e

package plan_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/internal/browsertest"
	"github.com/notifysim/notifysim/sim/plan"
)

// The page of a plan in a browser: its style applies, its plots lie within their axes, its heat map is darker where
// more is needed, and it loads nothing.
func TestE2EPage(t *testing.T) {
	q := read(t, "testdata/random.yml")
	q.Test = "random"
	q.Sensitivity = true
	q.Sweep = []plan.Axis{{Input: "alerts", Values: []float64{0.5, 1, 2}},
		{Input: "batch-size", Values: []float64{5, 10, 20}}}
	a := answer(t, q)
	b := browsertest.New(t)
	b.Open(a.WriteHTML)
	require.Equal(t, "random: which settings of the queue?", b.Script("return document.title"))
	require.Contains(t, b.Script("return document.querySelector('.set').innerText"),
		a.Plans[0].Advice.Text[0])
	require.EqualValues(t, 5, b.Script("return document.querySelectorAll('.charts figure').length"))
	require.EqualValues(t, 8, b.Script("return document.querySelectorAll('.charts polyline').length"))
	require.Equal(t, true, b.Script(`return [...document.querySelectorAll('.charts polyline')].every(l => {
		const box = l.getBBox();
		return box.width > 100 && box.x >= 0 && box.x + box.width <= 561 && box.y >= -1 && box.y + box.height <= 221;
	})`), "a line leaves its axes")
	const coloured = `return [...document.querySelectorAll('.charts polyline')].every(
		l => getComputedStyle(l).stroke.startsWith('rgb('))`
	require.Equal(t, true, b.Script(coloured))
	shade := func(row, column int) any {
		return b.Script(fmt.Sprintf(`const c = document.querySelectorAll('table.heat tr')[%d].querySelectorAll('td')[%d];
			const parts = getComputedStyle(c).backgroundColor.match(/[\d.]+/g);
			return parts.length < 4 ? 1 : Number(parts[3])`, 1+row, column))
	}
	require.Greater(t, shade(2, 0), shade(0, 2), "four times the alerts and small batches need more")
	b.Screenshot("plan.png")
	b.Quiet()
}
