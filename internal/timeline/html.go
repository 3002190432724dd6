package timeline

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
	"strings"
)

// The script and the style of the page. The page contains both and may load nothing: its policy has their hashes.
var (
	//go:embed page.css
	pageStyle string
	//go:embed page.js
	pageScript string
)

const pageFrame = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '{{style-hash}}';
  script-src '{{script-hash}}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{title}}</title>
<style>{{style}}</style>
</head>
<body>
<noscript>This page needs JavaScript. It loads nothing.</noscript>
<script type="application/json" id="data">{{data}}</script>
<script>{{script}}</script>
</body>
</html>
`

// HTML writes the timeline as a page for a browser. The page loads nothing.
func (t *Timeline) HTML(w io.Writer) error {
	p := t.Page()
	data, err := json.Marshal(p) // escapes what could end the script element
	if err != nil {
		return err
	}
	hash := func(s string) string {
		sum := sha256.Sum256([]byte(s))
		return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
	}
	_, err = strings.NewReplacer(
		"{{title}}", html.EscapeString(p.Title+" · "+p.Release+" · notifysim"),
		"{{style}}", pageStyle, "{{style-hash}}", hash(pageStyle),
		"{{script}}", pageScript, "{{script-hash}}", hash(pageScript),
		"{{data}}", string(data),
	).WriteString(w, pageFrame)
	return err
}
