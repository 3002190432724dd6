//go:build e2e

package timeline_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/internal/browsertest"
	"github.com/notifysim/notifysim/internal/timeline"
	"github.com/notifysim/notifysim/scenarios"
)

// failing loads a run in which two expectations do not hold: one about an instant, one about the whole run.
func failing(t *testing.T) *timeline.Timeline {
	t.Helper()
	file, err := scenarios.Load(filepath.Join("testdata", "failing.yml"))
	require.NoError(t, err)
	tl, res := run(t, file, file.Tests[0], file.Releases[0])
	require.Len(t, res.Failures, 2)
	return tl
}

// open opens the page in a window of the given size.
func open(t *testing.T, width, height int) *browsertest.Browser {
	t.Helper()
	b := browsertest.New(t)
	b.Resize(width, height)
	b.Open(failing(t).HTML)
	return b
}

// In a browser, the page shows what it should before and after clicks, without errors and without further requests.
func TestE2EPage(t *testing.T) {
	b := open(t, 1400, 900)
	require.Equal(t, "zone outage · v3.16 · notifysim", b.Script("return document.title"))
	require.Equal(t, "What happens", b.Script("return document.getElementById('story-name').textContent"))
	require.EqualValues(t, 3, b.Script("return document.querySelectorAll('.lanes section').length"))
	for what, want := range map[string]float64{
		"path.queue": 2, "rect.hatch.grey": 1, "path.hatch.orange": 3, "path.hatch.purple": 1, "line.rule": 2,
		".failurebox": 2, "line.failure": 1, "line.window": 1,
	} {
		require.EqualValues(t, want, b.Script("return document.querySelectorAll('.plot "+what+"').length"), what)
	}
	require.EqualValues(t, 100, b.Script("return document.querySelectorAll('#alerts button').length"))
	background := b.Script("return getComputedStyle(document.body).backgroundColor")
	require.Equal(t, "rgb(246, 247, 249)", background, "the style sheet is not applied")

	const alert = `NodeDown{node="n250"}`
	b.Script("const i = document.querySelector('input'); i.value = 'n250'; i.dispatchEvent(new Event('input'))")
	require.EqualValues(t, 1, b.Script("return document.querySelectorAll('#alerts button').length"))
	b.Script("document.querySelector('#alerts button').click()")
	require.Equal(t, alert, b.Script("return document.getElementById('story-name').textContent"))
	story := b.Script("return document.getElementById('story').innerText").(string)
	for _, want := range []string{
		"sent", "queued am-b:9093", "posted", "answered 200: delivered", "request ended with timeout",
		"resolves here though it fires", "falsely resolved for 12m",
	} {
		require.Contains(t, story, want)
	}
	require.Greater(t, b.Script("return document.querySelectorAll('.plot .mark').length"), 50.0)
	b.Readable("timeline")
	b.Quiet()
}

// point returns the coordinates of a time, in minutes, in the middle of a lane of the page.
func point(b *browsertest.Browser, lane, minute string) (x, y int) {
	at := b.Script(`const plot = document.querySelectorAll('.lanes section')[` + lane + `].querySelector('.cursor');
		plot.scrollIntoView({block: 'center'});
		const box = plot.getBoundingClientRect();
		return [box.left + box.width * ` + minute + ` / 40, box.top + box.height / 2]`).([]any)
	return int(at[0].(float64)), int(at[1].(float64))
}

const (
	shownRange = "return document.querySelector('.bar output').textContent"
	storyName  = "return document.getElementById('story-name').textContent"
	said       = "return document.activeElement.getAttribute('aria-valuetext')"
	named      = "return document.activeElement.getAttribute('aria-label') || document.activeElement.textContent"
)

// The mouse shows what there is at a point, shows the events of an instant with a click, and zooms with a drag.
func TestE2EPageByMouse(t *testing.T) {
	b := open(t, 1400, 900)
	x, y := point(b, "2", "14")
	b.Hover(x, y)
	tip := b.Script("return document.querySelector('.tip:not([hidden])').innerText").(string)
	for _, want := range []string{
		"am-b:9093, 13m58s", "copies that wait", "copies in flight", "alerts falsely resolved\n300", "fault\nhang", "✕ 2",
	} {
		require.Contains(t, tip, want)
	}
	x, y = point(b, "2", "11")
	b.Drag(x, y, x, y)
	require.Equal(t, "am-b:9093 around 11m", b.Script(storyName))
	require.Contains(t, b.Script("return document.getElementById('story').innerText"), "sent, 300")

	left, y := point(b, "1", "10")
	right, _ := point(b, "1", "20")
	b.Drag(left, y, right, y)
	require.Regexp(t, `^(9m5\d|10m)[\d.]*s? to (20m|19m5\d)[\d.]*s? of 40m$`, b.Script(shownRange))
	b.Script("document.querySelector('button[aria-label=\"show the whole run\"]').click()")
	require.Equal(t, "all 40m", b.Script(shownRange))

	// An expectation that did not hold leads to its place.
	b.Script("document.querySelector('.failures button').click()")
	require.Contains(t, b.Script(said), "am-b:9093, 19m58s: ")
	require.Contains(t, b.Script("return document.querySelector('#story .bad').innerText"), "queue_full")
	b.Quiet()
}

// With the keyboard alone one reaches the failures, the buttons, each lane and the alerts, moves in time, zooms, and
// reads what happens.
func TestE2EPageByKeyboard(t *testing.T) {
	b := open(t, 390, 844)
	press := func(want string, keys ...string) {
		t.Helper()
		b.Press(keys...)
		require.Contains(t, b.Script(named), want)
	}
	press("show in the chart: ", browsertest.Tab)
	press("show in the chart: ", browsertest.Tab)
	for _, want := range []string{"zoom out", "zoom in", "earlier", "later", "show the whole run",
		"all Alertmanagers together: cursor in time", "Numbers as a table", "am-a:9093: cursor in time", "Numbers as a table",
		"am-b:9093: cursor in time"} {
		press(want, browsertest.Tab)
	}
	require.Contains(t, b.Script(said), "am-b:9093, 0s: copies that wait 0")
	b.Press(browsertest.ArrowRight)
	require.Contains(t, b.Script(said), "am-b:9093, 24s: ")
	for range 3 {
		b.Press(browsertest.PageUp)
	}
	require.Contains(t, b.Script(said), "am-b:9093, 12m24s: ")
	require.Contains(t, b.Script(said), "fault hang")
	b.Press("+")
	require.Equal(t, "6m12s to 26m12s of 40m", b.Script(shownRange))
	b.Press("+", ">")
	require.Equal(t, "14m18s to 24m18s of 40m", b.Script(shownRange))
	b.Press(browsertest.Home)
	require.Contains(t, b.Script(said), "am-b:9093, 14m19s")
	b.Press(browsertest.Enter)
	require.Contains(t, b.Script(storyName), "am-b:9093 around 14m")
	b.Press("-", "0")
	require.Equal(t, "all 40m", b.Script(shownRange))
	b.Press(browsertest.Escape)
	require.EqualValues(t, 0, b.Script("return document.querySelectorAll('.tip:not([hidden])').length"))

	// The numbers of a lane are a table too.
	b.Press(browsertest.Tab, browsertest.Enter)
	require.EqualValues(t, 21, b.Script("return document.querySelectorAll('.lanes table tbody tr').length"))
	head := b.Script("return document.querySelector('.lanes table thead').innerText")
	require.Contains(t, head, "alerts falsely resolved")

	const first = "return document.querySelector('.lanes table tbody td').innerText"
	require.Equal(t, "0s", b.Script(first))
	b.Script("document.querySelector('button[aria-label=\"zoom in\"]').click()")
	require.Equal(t, "10m", b.Script(first), "the table has other times than the chart")

	// The alerts follow: Enter shows the story of one.
	press("am-b:9093: cursor in time: numbers", browsertest.Tab)
	press("find an alert", browsertest.Tab)
	b.Press("n", "2", "5", "0")
	press(`NodeDown{node="n250"}`, browsertest.Tab)
	b.Press(browsertest.Enter)
	require.Equal(t, `NodeDown{node="n250"}`, b.Script(storyName))
	b.Quiet()
}

// The pages of the scenario library, of the first test of each file with its oldest release, are legible on a wide
// screen and on a phone, and have no errors.
func TestE2EPagesOfTheLibrary(t *testing.T) {
	b := browsertest.New(t)
	for _, name := range scenarios.Library() {
		f, err := scenarios.LoadEmbedded(name)
		require.NoError(t, err)
		if !f.Tests[0].For(f.Releases[0]) {
			continue
		}
		tl, _ := run(t, f, f.Tests[0], f.Releases[0])
		b.Resize(1400, 900)
		b.Open(tl.HTML)
		b.Legible(name + ", wide")
		b.Resize(390, 900)
		b.Legible(name + ", on a phone")
		b.Script(`document.querySelectorAll(".cursor").forEach(c => { c.focus(); });
			document.querySelector("button[aria-label='zoom in']").click()`)
		b.Legible(name + ", zoomed in")
		b.Quiet()
	}
}
