// Package page writes HTML pages: one file each, with the style sheet, the charts and the axes that all pages share.
//
// A page loads no other resource. Its content security policy allows only its own style sheet and script, by their
// hashes. The package does not know what the numbers on a page mean.
package page

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
	"strings"
)

var (
	//go:embed frame.html
	frame string
	//go:embed page.css
	sharedStyle string
	//go:embed elements.js
	elementsScript string
	//go:embed axis.js
	axisScript string
	//go:embed layers.js
	layersScript string
	//go:embed chart.js
	chartScript string
)

// A Page is the content of a page.
type Page struct {
	Title string
	// Style and Script follow the shared ones. The script reads Data, which is encoded as JSON, from the constant data.
	Style, Script string
	Data          any
	// Body is HTML.
	Body string
}

// Write writes the page.
func (p *Page) Write(w io.Writer) error {
	data, err := json.Marshal(p.Data) // escapes what could end the script element
	if err != nil {
		return err
	}
	style := sharedStyle + p.Style
	script := elementsScript + axisScript + layersScript + chartScript + p.Script
	_, err = strings.NewReplacer(
		"{{title}}", html.EscapeString(p.Title), "{{body}}", p.Body, "{{data}}", string(data),
		"{{style}}", style, "{{style-hash}}", hash(style), "{{script}}", script, "{{script-hash}}", hash(script),
	).WriteString(w, frame)
	return err
}

// hash returns the hash of an element's text in the form of a content security policy.
func hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
