//go:build e2e

package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/internal/browsertest"
	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/sim/plan"
)

// The page of a plan in a browser: its style applies, its samples lie within their axes, its heat map is darker where
// more is needed, and it loads nothing.
func TestE2EPage(t *testing.T) {
	q := read(t, "testdata/random.yml")
	q.Test = "random"
	q.Sensitivity = true
	q.Sweep = []plan.Axis{{Input: "alerts", Values: []float64{0.5, 1, 2}},
		{Input: "batch-size", Values: []float64{5, 10, 20}}}
	a := answer(t, q)
	b := browsertest.New(t)
	b.Resize(1400, 900)
	b.Open(a.WriteHTML)
	require.Equal(t, "random: which settings of the queue?", b.Script("return document.title"))
	require.Contains(t, b.Script("return document.querySelector('.set').innerText"),
		a.Plans[0].Advice.Text[0])
	require.EqualValues(t, 5, b.Script("return document.querySelectorAll('.charts section').length"))
	samples := 7 * len(a.Plans[0].Curve) // two lines of unknown alerts, losses and delays each, one of false resolves
	require.EqualValues(t, samples, b.Script("return document.querySelectorAll('.plot .point').length"))
	require.Equal(t, true, b.Script(`return [...document.querySelectorAll('.plot .point')].every(p => {
		const box = p.getBBox(), chart = p.closest('svg').getBBox();
		return box.x > 50 && box.x + box.width < chart.x + chart.width + 7 && box.y >= 15 && box.y + box.height < 240;
	})`), "a sample is outside its axes")
	require.EqualValues(t, 2, b.Script(`return new Set([...document.querySelectorAll('.charts section')[0]
		.querySelectorAll('path.stroke')].map(l => getComputedStyle(l).stroke + getComputedStyle(l).strokeDasharray)).size`),
		"the two lines differ")
	shade := func(row, column int) float64 {
		return b.Script(fmt.Sprintf(`return Number(document.querySelectorAll('table.heat tr')[%d].
			querySelectorAll('td')[%d].style.getPropertyValue('--shade').replace('%%', ''))`, 1+row, column)).(float64)
	}
	require.Greater(t, shade(2, 0), shade(0, 2), "four times the alerts and small batches need more")
	const colour = "return getComputedStyle(document.querySelector('td[data-shade=\"100\"]')).backgroundColor"
	require.Contains(t, b.Script(colour), "color(srgb", "the heat map has no colour")
	b.Readable("plan")
	b.Quiet()
}

// With the keyboard alone one reaches each chart of a plan and each of its samples.
func TestE2EPageByKeyboard(t *testing.T) {
	q := read(t, "testdata/random.yml")
	q.Test = "random"
	a := answer(t, q)
	curve := a.Plans[0].Curve
	b := browsertest.New(t)
	b.Resize(390, 844)
	b.Open(a.WriteHTML)
	const focused = "document.activeElement"
	b.Press(browsertest.Tab)
	require.Equal(t, "The settings that were tried", b.Script("return "+focused+".getAttribute('aria-label')"))
	b.Press(browsertest.Tab)
	require.Equal(t, "Alerts that fire and are unknown: cursor", b.Script("return "+focused+".getAttribute('aria-label')"))
	said := func() string { return b.Script("return " + focused + ".getAttribute('aria-valuetext')").(string) }
	shown := func() string {
		return b.Script("return " + focused + ".closest('.plot').querySelector('.tip').innerText").(string)
	}
	sample := func(i int) string { return "capacity " + text.Thousands(curve[i].Capacity) }
	require.True(t, strings.HasPrefix(said(), sample(0)+": to all "), said())
	b.Press(browsertest.ArrowRight)
	require.True(t, strings.HasPrefix(said(), sample(1)+": to all "), said())
	require.Contains(t, shown(), sample(1)+"\nto all")
	b.Press(browsertest.End)
	require.True(t, strings.HasPrefix(said(), sample(len(curve)-1)), said())
	b.Press(browsertest.ArrowRight, browsertest.ArrowLeft)
	require.True(t, strings.HasPrefix(said(), sample(len(curve)-2)), said())
	b.Press(browsertest.Home)
	require.True(t, strings.HasPrefix(said(), sample(0)), said())
	b.Press(browsertest.Escape)
	require.EqualValues(t, 0, b.Script("return document.querySelectorAll('.tip:not([hidden])').length"))

	// The same numbers are a table.
	b.Press(browsertest.Tab, browsertest.Enter)
	const rows = "return document.querySelectorAll('.chart table tbody tr').length"
	require.EqualValues(t, len(curve), b.Script(rows))

	// The mouse shows the same.
	b.Script("document.querySelectorAll('.plot')[1].scrollIntoView({block: 'center'}); " + focused + ".blur()")
	box := b.Script(`const r = document.querySelectorAll('.cursor')[1].getBoundingClientRect();
		return [r.right - 2, r.top + r.height / 2]`).([]any)
	b.Hover(int(box[0].(float64)), int(box[1].(float64)))
	require.Contains(t, b.Script("return document.querySelectorAll('.tip')[1].innerText"), sample(len(curve)-1)+"\nalerts")
	b.Quiet()
}
