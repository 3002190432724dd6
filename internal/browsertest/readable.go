package browsertest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// axeVersion is the version of axe-core that checks the accessibility of pages. npm fetches it when a test needs it.
const axeVersion = "4.14.1"

// axe returns the script of axe-core.
func axe(t testing.TB) string {
	t.Helper()
	folder := t.TempDir()
	pack := exec.Command("npm", "pack", "--silent", "axe-core@"+axeVersion)
	pack.Dir = folder
	output, err := pack.CombinedOutput()
	require.NoError(t, err, "install npm; it fetches axe-core: %s", output)
	file, err := os.Open(filepath.Join(folder, "axe-core-"+axeVersion+".tgz"))
	require.NoError(t, err)
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	require.NoError(t, err)
	for archive := tar.NewReader(unzipped); ; {
		header, err := archive.Next()
		require.NoError(t, err, "axe-core has no axe.min.js")
		if header.Name == "package/axe.min.js" {
			var script bytes.Buffer
			_, err := io.Copy(&script, archive)
			require.NoError(t, err)
			return script.String()
		}
	}
}

//go:embed readable.js
var readable string

// Readable checks that the page can be read on a wide screen and on a phone, in light and in dark colours: it is not
// wider than the screen, its texts are neither cut off nor on top of each other nor too small, and axe-core finds
// nothing serious or critical. If the
// environment variable E2E_SCREENSHOTS names a directory, it writes screenshots to it whose names begin with name.
func (b *Browser) Readable(name string) {
	b.t.Helper()
	script := axe(b.t)
	for _, scheme := range []string{"light", "dark"} {
		b.Prefer(scheme)
		for _, width := range []int{1400, 390} {
			b.Resize(width, 900)
			look := fmt.Sprintf("%s, %d pixels", scheme, width)
			require.Equal(b.t, scheme == "dark", b.Script("return matchMedia('(prefers-color-scheme: dark)').matches"), look)
			b.Legible(look)
			require.Empty(b.t, b.accessibility(script), "%s: axe-core finds serious problems", look)
			b.screenshot(fmt.Sprintf("%s-%s-%d.png", name, scheme, width))
		}
	}
	b.Prefer("light")
	b.Resize(1400, 900)
}

// Legible checks that the page is not wider than the window, and that its texts are neither cut off nor on top of each
// other nor too small.
func (b *Browser) Legible(look string) {
	b.t.Helper()
	require.Empty(b.t, b.Script(readable), "%s: what cannot be read", look)
}

// accessibility returns what axe-core finds that is serious or critical: for each the rule and the elements.
func (b *Browser) accessibility(script string) []any {
	b.t.Helper()
	if b.Script("return typeof axe") == "undefined" {
		b.Script(script)
	}
	var found struct {
		Passed   float64
		Problems []any
	}
	b.call("POST", "/execute/async", map[string]any{"args": []any{}, "script": `
		axe.run(document).then(r => arguments[0]({passed: r.passes.length, problems: r.violations
			.filter(v => ["serious", "critical"].includes(v.impact))
			.map(v => v.id + ": " + v.help + ": " + v.nodes.map(n => n.html.slice(0, 200)).join(" | "))}))`}, &found)
	require.Greater(b.t, found.Passed, 10.0, "axe-core checked nearly nothing")
	return found.Problems
}
