package browsertest

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/stretchr/testify/require"
)

// maxPicture is the largest height of a screenshot, in CSS pixels.
const maxPicture = 1770

// screenshot writes a screenshot of the page, of at most maxPicture pixels of its height, to the directory that the
// environment variable E2E_SCREENSHOTS names, if it is set.
func (b *Browser) screenshot(name string) {
	b.t.Helper()
	dir := os.Getenv("E2E_SCREENSHOTS")
	if dir == "" {
		return
	}
	size := b.Script("const e = document.documentElement; return [e.clientWidth, e.scrollHeight]").([]any)
	var shot struct{ Data []byte }
	b.call("POST", "/goog/cdp/execute", map[string]any{"cmd": "Page.captureScreenshot", "params": map[string]any{
		"captureBeyondViewport": true,
		"clip": map[string]any{
			"x": 0, "y": 0, "width": size[0], "height": min(size[1].(float64), maxPicture), "scale": 1,
		},
	}}, &shot)
	picture, err := png.Decode(bytes.NewReader(shot.Data))
	require.NoError(b.t, err)
	f, err := os.Create(filepath.Join(dir, name))
	require.NoError(b.t, err)
	smallest := png.Encoder{CompressionLevel: png.BestCompression}
	require.NoError(b.t, smallest.Encode(f, fewColours(picture)))
	require.NoError(b.t, f.Close())
}

// fewColours returns a picture with at most 256 colours; its file is about a third as large.
func fewColours(picture image.Image) image.Image {
	size := picture.Bounds()
	counts := map[color.Color]int{}
	for y := size.Min.Y; y < size.Max.Y; y++ {
		for x := size.Min.X; x < size.Max.X; x++ {
			counts[picture.At(x, y)]++
		}
	}
	key := func(c color.Color) uint32 { r, g, b, _ := c.RGBA(); return r>>8<<16 | g>>8<<8 | b>>8 }
	colours := slices.SortedFunc(maps.Keys(counts), func(a, b color.Color) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(key(a), key(b)))
	})
	few := image.NewPaletted(size, palette(colours))
	nearest := map[color.Color]uint8{}
	for _, c := range colours {
		nearest[c] = uint8(few.Palette.Index(c))
	}
	for y := size.Min.Y; y < size.Max.Y; y++ {
		for x := size.Min.X; x < size.Max.X; x++ {
			few.SetColorIndex(x, y, nearest[picture.At(x, y)])
		}
	}
	return few
}

// palette selects up to 256 of the colours, which are sorted with the most frequent first: first those that differ
// much from each other, so that a rare colour stays, then those that differ less.
func palette(colours []color.Color) color.Palette {
	var p color.Palette
	for _, least := range []int{96, 48, 24, 12, 6, 1} {
		for _, c := range colours {
			if len(p) < 256 && (len(p) == 0 || distance(c, p[p.Index(c)]) >= least) {
				p = append(p, c)
			}
		}
	}
	return p
}

// distance is the sum of the differences of red, green and blue, each from 0 to 255.
func distance(a, b color.Color) int {
	r1, g1, b1, _ := a.RGBA()
	r2, g2, b2, _ := b.RGBA()
	d := func(x, y uint32) int { return int(max(x, y)-min(x, y)) >> 8 }
	return d(r1, r2) + d(g1, g2) + d(b1, b2)
}
