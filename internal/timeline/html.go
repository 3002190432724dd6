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

// The page with its style sheet and its script. Both are embedded in the page, whose content security policy allows
// only them, by their hashes.
var (
	//go:embed page.css
	pageStyle string
	//go:embed page.js
	pageScript string
	//go:embed page.html
	pageFrame string
)

// HTML writes the timeline as a page for a browser. The page loads no other resource.
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
