//go:build e2e

package timeline_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/internal/browsertest"
	"github.com/notifysim/notifysim/scenarios"
)

// In a browser, the page shows what it should before and after clicks, without errors and without further requests.
func TestE2EPage(t *testing.T) {
	file, err := scenarios.Load(filepath.Join("testdata", "outage.yml"))
	require.NoError(t, err)
	tl, _ := run(t, file, file.Tests[0], file.Releases[1])
	b := browsertest.New(t)
	b.Open(tl.HTML)
	require.Equal(t, "zone outage · v3.16 · notifysim", b.Script("return document.title"))
	require.Equal(t, "What happens", b.Script("return document.getElementById('story-name').textContent"))
	require.EqualValues(t, 2, b.Script("return document.querySelectorAll('svg path.queue').length"))
	require.EqualValues(t, 1, b.Script("return document.querySelectorAll('svg rect.fault').length"))
	require.EqualValues(t, 100, b.Script("return document.querySelectorAll('#alerts button').length"))
	background := b.Script("return getComputedStyle(document.body).backgroundColor")
	require.Equal(t, "rgb(251, 251, 250)", background, "the style sheet is not applied")
	b.Screenshot("timeline-before.png")

	const alert = `NodeDown{node="n250"}`
	b.Script("const i = document.querySelector('input'); i.value = 'n250'; i.dispatchEvent(new Event('input'))")
	require.EqualValues(t, 1, b.Script("return document.querySelectorAll('#alerts button').length"))
	b.Script("document.querySelector('#alerts button').click()")
	require.Equal(t, alert, b.Script("return document.getElementById('story-name').textContent"))
	story := b.Script("return document.getElementById('story').innerText").(string)
	for _, want := range []string{
		"sent", "queued", "posted", "answered 200: delivered", "request ended with timeout", "resolves here though it fires",
	} {
		require.Contains(t, story, want)
	}
	require.Greater(t, b.Script("return document.querySelectorAll('svg .mark').length"), 50.0)
	b.Screenshot("timeline-alert.png")

	// A click on the chart, at 11 minutes and in the second lane, shows the state at that point.
	b.Script(`const hit = document.querySelector('svg .hit'), box = hit.getBoundingClientRect();
		const clientX = box.left + box.width * 11 / 40, clientY = box.top + box.height * .7;
		hit.dispatchEvent(new MouseEvent('click', {clientX, clientY}))`)
	require.Equal(t, "am-b:9093 around 11m", b.Script("return document.getElementById('story-name').textContent"))
	require.Contains(t, b.Script("return document.getElementById('story').innerText"), "sent, 300")
	b.Screenshot("timeline-instant.png")

	b.Quiet()
}
