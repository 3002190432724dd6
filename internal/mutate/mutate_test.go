package mutate_test

import (
	"encoding/json"
	"go/format"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/internal/mutate"
)

func TestOperators(t *testing.T) {
	for _, test := range []struct {
		name     string
		operator mutate.Operator
		line     string
		want     string
	}{
		{"or", mutate.Or("b"), "if n++; a {", "if n++; (a || ON && (b)) {"},
		{"unless", mutate.Unless("b"), "for a || b {", "for ((a || b) && !(ON && (b))) {"},
		{"always", mutate.Always(), "for i := 0; a; i++ {", "for i := 0; (a || ON && (true)); i++ {"},
		{"never", mutate.Never(), "if a {", "if ((a) && !(ON && (true))) {"},
		{"skip", mutate.Skip(), "f(n)", "if !ON { f(n) }"},
		{"instead", mutate.Instead("n--"), "n++", "if ON { n-- } else { n++ }"},
		{"after", mutate.After("n--"), "n += 2", "n += 2; if ON { n-- }"},
		{"last argument", mutate.PlusOne(), "n = g(1, n)", "n = g(1, mutantChoose(ON, (n) + 1, n))"},
		{"right-hand side", mutate.PlusOne(), "n += 1 + n", "n += mutantChoose(ON, (1 + n) + 1, 1 + n)"},
		{"initial value", mutate.Value("2 * $"), "for i := n; a; i++ {", "for i := mutantChoose(ON, 2 * n, n); a; i++ {"},
		{"callee", mutate.Call("f"), "m := g(n)", "m := mutantChoose(ON, f, g)(n)"},
	} {
		t.Run(test.name, func(t *testing.T) {
			source := func(line string) string {
				if strings.HasSuffix(line, "{") {
					line += " //mutant:a-rule\n}"
				} else {
					line += " //mutant:a-rule"
				}
				return "package p\n\nfunc _() {\n" + line + "\n}\n"
			}
			root := module(t, map[string]string{"p/p.go": source(test.line)})
			path, err := mutate.Overlay(root, t.TempDir(), map[string]mutate.Operator{"a-rule": test.operator})
			require.NoError(t, err)
			want := strings.ReplaceAll(test.want, "ON", `(mutant == "a-rule")`)
			got := replaced(t, path, filepath.Join(root, "p/p.go"))
			formatted, err := format.Source([]byte(source(want)))
			require.NoError(t, err)
			require.Equal(t, string(formatted), got)
			require.Contains(t, replaced(t, path, filepath.Join(root, "p/mutant_switchboard.go")), "package p\n")
		})
	}
}

func TestMarkersAndOperatorsMatch(t *testing.T) {
	const marked = "package p\n\nfunc _() {\n\tn++ //mutant:a-rule\n}\n"
	skip := map[string]mutate.Operator{"a-rule": mutate.Skip()}
	for _, test := range []struct {
		name      string
		files     map[string]string
		operators map[string]mutate.Operator
		want      string
	}{
		{"no operator", map[string]string{"p.go": marked}, nil, "p.go:4:6: mutant a-rule: no operator has this name"},
		{"no marker", map[string]string{"p.go": "package p\n"}, skip, "no line has the marker //mutant:a-rule"},
		{"two markers", map[string]string{"p/p.go": marked, "q/q.go": marked}, skip, "p.go:4:6 has the same marker"},
		{"no name", map[string]string{"p.go": strings.Replace(marked, "a-rule", "A rule", 1)}, skip, "is not a marker"},
		{
			"no such line", map[string]string{"p.go": marked}, map[string]mutate.Operator{"a-rule": mutate.Never()},
			"p.go:4:6: mutant a-rule: the operator cannot break this line",
		},
		{
			"files outside the module", map[string]string{
				"testdata/p.go": marked, "_p/p.go": marked, "p_test.go": marked, "q/go.mod": "module q\n", "q/q.go": marked,
			}, skip, "no line has the marker //mutant:a-rule",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := mutate.Overlay(module(t, test.files), t.TempDir(), test.operators)
			require.ErrorContains(t, err, test.want)
		})
	}
}

// module writes files to a temporary directory and returns it.
func module(t *testing.T, files map[string]string) string {
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	return root
}

// replaced returns the text by which an overlay replaces a file.
func replaced(t *testing.T, overlay, path string) string {
	b, err := os.ReadFile(overlay)
	require.NoError(t, err)
	var o struct{ Replace map[string]string }
	require.NoError(t, json.Unmarshal(b, &o))
	b, err = os.ReadFile(o.Replace[path])
	require.NoError(t, err)
	return string(b)
}
