// Package browsertest opens HTML pages in a headless Chromium, for end-to-end tests. It needs chromium and chromedriver
// to be installed, and connects to nothing else.
package browsertest

import (
	"bytes"
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
)

// A Browser is a headless Chromium, driven by chromedriver.
type Browser struct {
	t       testing.TB
	session string // URL of the WebDriver session
	page    string
}

// New starts chromedriver and a Chromium with an empty profile, and stops them when the test ends. Both programs must
// be installed.
func New(t testing.TB) *Browser {
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
	b := &Browser{t: t, session: fmt.Sprintf("http://127.0.0.1:%d/session", port)}
	require.Eventually(t, func() bool {
		resp, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/status", port))
		if err == nil {
			resp.Body.Close()
		}
		return err == nil
	}, 20*time.Second, 50*time.Millisecond, "chromedriver did not start")
	var s struct{ SessionId string }
	b.call("POST", "", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{
		"browserName":       "chrome",
		"goog:loggingPrefs": map[string]string{"browser": "ALL", "performance": "ALL"},
		"goog:chromeOptions": map[string]any{"args": []string{
			"--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
			"--disable-background-networking", "--disable-component-update", "--window-size=1440,900",
			"--user-data-dir=" + t.TempDir(),
		}},
	}}}, &s)
	b.session += "/" + s.SessionId
	t.Cleanup(func() { b.call("DELETE", "", nil, nil) })
	return b
}

// call makes a WebDriver call and stores the value of the response in into, unless that is nil.
func (b *Browser) call(method, path string, body, into any) {
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

// Open writes a page to a file by calling write, and opens the file.
func (b *Browser) Open(write func(io.Writer) error) {
	b.t.Helper()
	f, err := os.Create(filepath.Join(b.t.TempDir(), "page.html"))
	require.NoError(b.t, err)
	require.NoError(b.t, write(f))
	require.NoError(b.t, f.Close())
	b.page = "file://" + f.Name()
	b.call("POST", "/url", map[string]string{"url": b.page}, nil)
}

// Script executes JavaScript in the page and returns its result.
func (b *Browser) Script(text string) any {
	b.t.Helper()
	var v any
	b.call("POST", "/execute/sync", map[string]any{"script": text, "args": []any{}}, &v)
	return v
}

// devTools sends a command of the Chrome DevTools protocol.
func (b *Browser) devTools(command string, parameters map[string]any) {
	b.t.Helper()
	b.call("POST", "/goog/cdp/execute", map[string]any{"cmd": command, "params": parameters}, nil)
}

// Resize sets the size of the page, in CSS pixels.
func (b *Browser) Resize(width, height int) {
	b.t.Helper()
	b.devTools("Emulation.setDeviceMetricsOverride", map[string]any{
		"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
	})
	b.devTools("Emulation.setScrollbarsHidden", map[string]any{"hidden": true}) // as on a phone
	b.settle()
}

// Prefer sets the colour scheme that the user prefers: light or dark.
func (b *Browser) Prefer(scheme string) {
	b.t.Helper()
	b.devTools("Emulation.setEmulatedMedia", map[string]any{
		"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}},
	})
	b.settle()
}

// settle waits until the page has handled the events that are due, and has drawn what changed.
func (b *Browser) settle() {
	b.t.Helper()
	b.call("POST", "/execute/async", map[string]any{
		"script": "const done = arguments[0];" +
			"requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))", "args": []any{},
	}, nil)
}

// Keys that Press takes beside printable characters.
const (
	Tab        = "\uE004"
	Enter      = "\uE007"
	ShiftDown  = "\uE008" // held until the call of Press ends
	Escape     = "\uE00C"
	PageUp     = "\uE00E"
	End        = "\uE010"
	Home       = "\uE011"
	ArrowLeft  = "\uE012"
	ArrowRight = "\uE014"
)

// Press presses keys, one after the other.
func (b *Browser) Press(keys ...string) {
	b.t.Helper()
	var actions []map[string]any
	for _, k := range keys {
		actions = append(actions, map[string]any{"type": "keyDown", "value": k})
		if k != ShiftDown {
			actions = append(actions, map[string]any{"type": "keyUp", "value": k})
		}
	}
	b.act(map[string]any{"type": "key", "id": "keyboard", "actions": actions})
}

// Drag moves the mouse to a point of the page, presses the button, moves to a second point and releases the button.
func (b *Browser) Drag(x1, y1, x2, y2 int) {
	b.t.Helper()
	move := func(x, y int) map[string]any { return map[string]any{"type": "pointerMove", "x": x, "y": y} }
	b.act(map[string]any{"type": "pointer", "id": "mouse", "actions": []map[string]any{
		move(x1, y1), {"type": "pointerDown", "button": 0}, move((x1+x2)/2, (y1+y2)/2), move(x2, y2),
		{"type": "pointerUp", "button": 0},
	}})
}

// Hover moves the mouse to a point of the page.
func (b *Browser) Hover(x, y int) {
	b.t.Helper()
	b.act(map[string]any{"type": "pointer", "id": "mouse", "actions": []map[string]any{
		{"type": "pointerMove", "x": x, "y": y},
	}})
}

// act performs actions of an input device, releases what is pressed, and waits until the page has settled.
func (b *Browser) act(actions map[string]any) {
	b.t.Helper()
	b.call("POST", "/actions", map[string]any{"actions": []any{actions}}, nil)
	b.call("DELETE", "/actions", nil, nil)
	b.settle()
}

// Quiet fails the test if the page had an error or requested anything except itself.
func (b *Browser) Quiet() {
	b.t.Helper()
	var messages, requests []struct{ Message string }
	b.call("POST", "/se/log", map[string]string{"type": "browser"}, &messages)
	require.Empty(b.t, messages, "the page logged errors or violated its content security policy")
	b.call("POST", "/se/log", map[string]string{"type": "performance"}, &requests)
	sent := 0
	for _, m := range requests {
		var e struct {
			Message struct {
				Method string
				Params struct {
					DocumentURL string // the page that makes the request
					Request     struct{ URL string }
				}
			}
		}
		require.NoError(b.t, json.Unmarshal([]byte(m.Message), &e))
		if p := e.Message.Params; e.Message.Method == "Network.requestWillBeSent" && p.DocumentURL == b.page {
			sent++
			require.Equal(b.t, b.page, p.Request.URL, "the page requested another URL")
		}
	}
	require.Equal(b.t, 1, sent, "the page itself must be the only request")
}
