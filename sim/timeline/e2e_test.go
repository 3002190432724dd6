//go:build e2e

package timeline_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
)

// A browser is a headless Chromium, driven by chromedriver.
type browser struct {
	t       *testing.T
	session string // the URL of the session
}

// newBrowser starts chromedriver and a Chromium that knows nothing and asks nobody. Both must be installed.
func newBrowser(t *testing.T) *browser {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := l.Addr().(*net.TCPAddr).Port
	require.NoError(t, l.Close())
	driver := exec.Command("chromedriver", fmt.Sprintf("--port=%d", port))
	require.NoError(t, driver.Start(), "install chromium and chromedriver")
	t.Cleanup(func() {
		driver.Process.Kill()
		driver.Wait()
	})
	b := &browser{t: t, session: fmt.Sprintf("http://127.0.0.1:%d/session", port)}
	require.Eventually(t, func() bool {
		resp, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/status", port))
		if err == nil {
			resp.Body.Close()
		}
		return err == nil
	}, 20*time.Second, 50*time.Millisecond, "chromedriver does not come up")
	var s struct{ SessionId string }
	b.call("POST", "", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
		"browserName":       "chrome",
		"goog:loggingPrefs": map[string]string{"browser": "ALL", "performance": "ALL"},
		"goog:chromeOptions": map[string]any{"args": []string{
			"--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
			"--disable-component-update", "--disable-sync", "--window-size=1440,900", "--user-data-dir=" + t.TempDir(),
		}},
	}}}, &s)
	b.session += "/" + s.SessionId
	t.Cleanup(func() { b.call("DELETE", "", nil, nil) })
	return b
}

// call makes a call of WebDriver.
func (b *browser) call(method, path string, body, into any) {
	b.t.Helper()
	var in io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		require.NoError(b.t, err)
		in = bytes.NewReader(text)
	}
	req, err := http.NewRequest(method, b.session+path, in)
	require.NoError(b.t, err)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(b.t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(b.t, err)
	require.Equal(b.t, http.StatusOK, resp.StatusCode, "%s", text)
	if into != nil {
		require.NoError(b.t, json.Unmarshal(text, &struct{ Value any }{into}))
	}
}

// script runs JavaScript in the page and returns what it returns.
func (b *browser) script(text string) any {
	b.t.Helper()
	var v any
	b.call("POST", "/execute/sync", map[string]any{"script": text, "args": []any{}}, &v)
	return v
}

// screenshot writes what is seen to the folder that E2E_SCREENSHOTS names, if it does.
func (b *browser) screenshot(name string) {
	var png string
	b.call("GET", "/screenshot", nil, &png)
	data, err := base64.StdEncoding.DecodeString(png)
	require.NoError(b.t, err)
	require.NotEmpty(b.t, data)
	if dir := os.Getenv("E2E_SCREENSHOTS"); dir != "" {
		require.NoError(b.t, os.WriteFile(filepath.Join(dir, name), data, 0o644))
	}
}

// The page in a browser: what it shows before and after clicks, without an error and without a request.
func TestE2EPage(t *testing.T) {
	file, err := scenarios.Load(filepath.Join("testdata", "outage.yml"))
	require.NoError(t, err)
	tl, _ := run(t, file, file.Tests[0], file.Releases[1])
	path := filepath.Join(t.TempDir(), "outage.html")
	f, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, tl.HTML(f))
	require.NoError(t, f.Close())

	b := newBrowser(t)
	b.call("POST", "/url", map[string]string{"url": "file://" + path}, nil)
	require.Equal(t, "zone outage · v3.15 · notifysim", b.script("return document.title"))
	require.Equal(t, "What happens", b.script("return document.getElementById('story-name').textContent"))
	require.EqualValues(t, 2, b.script("return document.querySelectorAll('svg path.queue').length"))
	require.EqualValues(t, 1, b.script("return document.querySelectorAll('svg rect.fault').length"))
	require.EqualValues(t, 100, b.script("return document.querySelectorAll('#alerts button').length"))
	require.Equal(t, "rgb(251, 251, 250)", b.script("return getComputedStyle(document.body).backgroundColor"), "the style does not apply")
	b.screenshot("timeline-before.png")

	const alert = `NodeDown{node="n250"}`
	b.script("const i = document.querySelector('input'); i.value = 'n250'; i.dispatchEvent(new Event('input'))")
	require.EqualValues(t, 1, b.script("return document.querySelectorAll('#alerts button').length"))
	b.script("document.querySelector('#alerts button').click()")
	require.Equal(t, alert, b.script("return document.getElementById('story-name').textContent"))
	story := b.script("return document.getElementById('story').innerText").(string)
	for _, want := range []string{"sent", "queued", "posted", "answered 200: delivered", "request ended with timeout", "resolves here though it fires"} {
		require.Contains(t, story, want)
	}
	require.Greater(t, b.script("return document.querySelectorAll('svg .mark').length"), 50.0)
	b.screenshot("timeline-alert.png")

	// A click on the chart, at 11 minutes and in the second lane, tells what happens there.
	b.script(`const hit = document.querySelector('svg .hit'), box = hit.getBoundingClientRect();
		hit.dispatchEvent(new MouseEvent('click', {clientX: box.left + box.width * 11 / 40, clientY: box.top + box.height * .7}))`)
	require.Equal(t, "am-b:9093 around 11m", b.script("return document.getElementById('story-name').textContent"))
	require.Contains(t, b.script("return document.getElementById('story').innerText"), "sent, 300")
	b.screenshot("timeline-instant.png")

	var messages, requests []struct{ Message string }
	b.call("POST", "/se/log", map[string]string{"type": "browser"}, &messages)
	require.Empty(t, messages, "the page has errors, or breaks its own policy")
	b.call("POST", "/se/log", map[string]string{"type": "performance"}, &requests)
	sent := 0
	for _, m := range requests {
		var e struct {
			Message struct {
				Method string
				Params struct {
					DocumentURL string // on whose behalf
					Request     struct{ URL string }
				}
			}
		}
		require.NoError(t, json.Unmarshal([]byte(m.Message), &e))
		if p := e.Message.Params; e.Message.Method == "Network.requestWillBeSent" && p.DocumentURL == "file://"+path {
			sent++
			require.Equal(t, "file://"+path, p.Request.URL, "a request leaves the page")
		}
	}
	require.Equal(t, 1, sent, "the page itself is the only thing that is loaded")
}
