package docs_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// The longest line of prose, as a reader sees it, and the longest cell of a table, in characters.
const (
	maxColumns = 120
	maxCell    = 300
)

// documents are the texts that people write, relative to this folder.
func documents(t *testing.T) []string {
	t.Helper()
	list := []string{
		"../README.md", "../CONTRIBUTING.md", "../CHANGELOG.md", "../scenarios/README.md", "../results/README.md",
	}
	require.NoError(t, filepath.WalkDir(".", func(name string, _ fs.DirEntry, err error) error {
		if path.Ext(name) == ".md" {
			list = append(list, name)
		}
		return err
	}))
	return list
}

var (
	goFile  = regexp.MustCompile("`([a-z_]+/[a-zA-Z0-9_/]+\\.go)`")
	link    = regexp.MustCompile(`\]\(([^)#\s]*)(?:#([^)\s]*))?\)`)
	source  = regexp.MustCompile(`(?:src|srcset)="([^"]*)"`)
	fence   = regexp.MustCompile("(?ms)^```.*?^```$")
	heading = regexp.MustCompile(`(?m)^#+ (.+)$`)
	inLink  = regexp.MustCompile(`!?\[([^\]]*)\]\([^)]*\)`)
	noSlug  = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// anchors returns the anchors that GitHub gives the headings of a text.
func anchors(text string) map[string]bool {
	set := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		shown := strings.ToLower(inLink.ReplaceAllString(m[1], "$1"))
		slug := strings.ReplaceAll(noSlug.ReplaceAllString(shown, ""), " ", "-")
		for i, name := 1, slug; ; i++ {
			if !set[name] {
				set[name] = true
				break
			}
			name = fmt.Sprintf("%s-%d", slug, i)
		}
	}
	return set
}

// Go files that documents name exist, and so do the files and headings that they link to. Pages of upstream name files
// of Prometheus.
func TestFilesAndLinks(t *testing.T) {
	written, err := filepath.Glob("../results/*.md")
	require.NoError(t, err)
	for _, name := range append(documents(t), written...) {
		text := fence.ReplaceAllString(read(t, name), "")
		for _, m := range goFile.FindAllStringSubmatch(text, -1) {
			if strings.HasPrefix(name, "upstream/") {
				break
			}
			require.FileExists(t, filepath.Join(root, m[1]), "named in %s", name)
		}
		for _, m := range source.FindAllStringSubmatch(text, -1) {
			require.FileExists(t, filepath.Join(filepath.Dir(name), m[1]), "shown in %s", name)
		}
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			target := name
			if strings.Contains(m[1], "://") {
				continue
			}
			if m[1] != "" {
				target = filepath.Join(filepath.Dir(name), m[1])
			}
			_, err := os.Stat(target)
			require.NoError(t, err, "linked in %s", name)
			if m[2] != "" {
				require.Contains(t, anchors(read(t, target)), m[2], "%s links to a heading of %s", name, target)
			}
		}
	}
}

// The index names every page of this folder, or the index of a folder that does.
func TestIndexNamesEveryPage(t *testing.T) {
	named := map[string]bool{"README.md": true}
	var follow func(index string)
	follow = func(index string) {
		for _, m := range link.FindAllStringSubmatch(read(t, index), -1) {
			page := filepath.Join(filepath.Dir(index), m[1])
			if path.Ext(page) != ".md" || named[page] || strings.HasPrefix(page, "..") {
				continue
			}
			named[page] = true
			if path.Base(page) == "README.md" {
				follow(page)
			}
		}
	}
	follow("README.md")
	for _, name := range documents(t) {
		require.True(t, named[name] || strings.HasPrefix(name, ".."), "README.md does not name %s; add it", name)
	}
	require.Contains(t, read(t, "../README.md"), "(docs/README.md")
}

// Lines of prose and cells of tables are short enough to read.
func TestLinesAndCellsAreShort(t *testing.T) {
	for _, name := range documents(t) {
		inFence := false
		for i, line := range strings.Split(read(t, name), "\n") {
			if strings.HasPrefix(line, "```") {
				inFence = !inFence
			}
			shown := inLink.ReplaceAllString(line, "$1")
			switch {
			case inFence:
			case strings.HasPrefix(strings.TrimSpace(line), "|"):
				for _, cell := range strings.Split(strings.ReplaceAll(shown, `\|`, "/"), "|") {
					if n := utf8.RuneCountInString(strings.TrimSpace(cell)); n > maxCell {
						t.Errorf("%s:%d: a cell of %d characters; write at most %d, and the rest as prose",
							name, i+1, n, maxCell)
					}
				}
			default:
				if n := utf8.RuneCountInString(shown); n > maxColumns {
					t.Errorf("%s:%d: a line of %d characters; write at most %d", name, i+1, n, maxColumns)
				}
			}
		}
	}
}

// The README is short: the rest is in docs/.
func TestREADMEIsShort(t *testing.T) {
	require.LessOrEqual(t, strings.Count(read(t, "../README.md"), "\n"), 150)
}
