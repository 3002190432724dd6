package page_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/internal/page"
)

// The policy of a page allows its own style sheet and script and nothing else. Data cannot end its element.
func TestPageAllowsOnlyItself(t *testing.T) {
	var b bytes.Buffer
	p := page.Page{
		Title: "<b>", Style: "p { margin: 0 }", Script: "let x = 1", Body: "<p>text</p>", Data: "</script>{{body}}",
	}
	require.NoError(t, p.Write(&b))
	text := b.String()
	require.Contains(t, text, "<title>&lt;b&gt;</title>")
	require.Contains(t, text, `"\u003c/script\u003e{{body}}"`)
	for element, policy := range map[string]string{"style": "style-src '", "script": "script-src '"} {
		content := regexp.MustCompile(`(?s)<` + element + `>(.*?)</` + element + `>`).FindStringSubmatch(text)
		require.NotNil(t, content)
		sum := sha256.Sum256([]byte(content[1]))
		require.Contains(t, text, policy+"sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	require.Contains(t, text, "default-src 'none'")
	require.Error(t, (&page.Page{Data: func() {}}).Write(&b), "data that JSON cannot say")
}

// The colours of charts are those of Okabe and Ito (https://jfly.uni-koeln.de/color/), in light and dark.
func TestColoursDifferForEverybody(t *testing.T) {
	style, err := os.ReadFile("page.css")
	require.NoError(t, err)
	palette := []string{"#000000", "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7"}
	colours := regexp.MustCompile(`--(?:blue|sky|orange|green|red|purple): (#[0-9a-f]{6})`).FindAllSubmatch(style, -1)
	require.Len(t, colours, 8, "six in light, of which two differ in dark")
	for _, c := range colours {
		require.True(t, slices.Contains(palette, string(c[1])), "%s", c[0])
	}
}
