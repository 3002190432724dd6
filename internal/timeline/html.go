package timeline

import (
	_ "embed"
	"io"

	"github.com/notifysim/notifysim/internal/page"
)

var (
	//go:embed page.css
	pageStyle string
	//go:embed page.js
	pageScript string
	//go:embed lane.js
	laneScript string
	//go:embed story.js
	storyScript string
)

// HTML writes the timeline as a page for a browser. The page loads no other resource.
func (t *Timeline) HTML(w io.Writer) error {
	p := t.Page()
	return (&page.Page{
		Title: p.Title + " · " + p.Release + " · notifysim", Data: p,
		Style: pageStyle, Script: pageScript + laneScript + storyScript,
		Body: "<noscript>This page needs JavaScript. It loads nothing.</noscript>",
	}).Write(w)
}
