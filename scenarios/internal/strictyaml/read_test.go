package strictyaml_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

var format = strictyaml.Format{
	Fields:  "name:",
	Foreign: func(parent, field string) bool { return parent == "" && field == "foreign" },
}

// read reads text. It returns the root as YAML on one line, and the errors, one per line.
func read(text string) (root, errs string) {
	r := strictyaml.Report{Path: "x"}
	n := format.Read(&r, "x", []byte(text))
	return oneLine(n), r.Errors().Error()
}

func oneLine(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	n.Style |= yaml.FlowStyle
	b, err := yaml.Marshal(n)
	if err != nil {
		return err.Error()
	}
	return strings.Join(strings.Fields(string(b)), " ")
}

func TestReadExpandsAliases(t *testing.T) {
	root, errs := read("a: &x [1, {b: 2}] # comment\nc: *x\n")
	require.Empty(t, errs)
	require.Equal(t, "{a: [1, {b: 2}], c: [1, {b: 2}]}", root)
}

func TestReadReportsWhatIsNotOneMapping(t *testing.T) {
	for text, want := range map[string]string{
		"":                "x:1:1: the file is empty; write at least name:",
		"# Nothing.\n":    "x:1:1: the file is empty; write at least name:",
		"~":               "x:1:1: the file is empty; write at least name:",
		"- a":             "x:1:1: the file is a list; write a mapping with name:",
		"a":               `x:1:1: the file is "a"; write a mapping with name:`,
		"a: 1\n---\nb: 2": "x:2:1: a second YAML document begins here; write only one document in a file",
		"a: \xff":         "x:1:4: byte 0xff is not UTF-8; save the file as UTF-8",
		"ä: \x00":         "x:1:4: control character U+0000; write it as an escape in double quotes",
		"a:\n\tb: 1":      "x:2:1: a tab indents this line; use spaces",
		"a: *b":           "x:1:4: there is no anchor &b before this alias; write one, or put the text in quotes",
		"a: [1, 2": "x:1:1: not YAML: did not find expected ',' or ']'; " +
			"check the indentation, quotes and brackets here and above",
	} {
		root, errs := read(text)
		require.Empty(t, root, "%q", text)
		require.Equal(t, want, errs, "%q", text)
	}
}

func TestReadReportsWhatMayBeMistaken(t *testing.T) {
	for text, want := range map[string]string{
		"a: 1\na: 2": `x:2:1: "a" is given twice, first on line 1; remove one`,
		"a: !!str 1": "x:1:4: the tag !!str is not allowed here; leave it out",
		"? [a]\n: 1": "x:1:3: a list cannot be the name of a field; write a word",
		"a: &a {}\nb: {<<: *a}": "x:2:5: merging with << is not supported; " +
			"write the fields out, or use an alias for the whole value",
		"a: &a [*a]": "x:1:8: the alias *a is inside the value that it refers to; write the value out",
	} {
		_, errs := read(text)
		require.Equal(t, want, errs, "%q", text)
	}
	root, errs := read("foreign: {a: !!str 1, a: 2, b: &b {}, c: {<<: *b}}")
	require.Empty(t, errs, "a foreign format may allow them")
	require.Contains(t, root, "a: 2")
}

func TestReadForeign(t *testing.T) {
	for text, want := range map[string]string{
		"":                "null",
		"- a":             "[a]",
		"a: 1\n---\nb: 2": "{a: 1}",
	} {
		var r strictyaml.Report
		n := strictyaml.ReadForeign(&r, "x", []byte(text))
		require.Empty(t, r.Errors(), "%q", text)
		if n.Kind == yaml.ScalarNode {
			require.Equal(t, "empty", strictyaml.KindOf(n))
			continue
		}
		require.Equal(t, want, oneLine(n), "%q", text)
	}
}

// The size of expanded aliases is limited. Exceeding the limit is detected before memory is used.
func TestReadLimits(t *testing.T) {
	bomb := "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
	for i := 1; i < 10; i++ {
		ten := strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10)
		bomb += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(ten, ", "))
	}
	long := "a: &a " + strings.Repeat("x", 1<<19) + "\nb: [" + strings.Repeat("*a, ", 100) + "*a]\n"
	for text, want := range map[string]string{
		strings.Repeat(" ", strictyaml.MaxFileSize+1): "x: is larger than the limit of 1 MiB; split it",
		"a: " + strings.Repeat("[", 101) + strings.Repeat("]", 101): "x:1:103: lists and mappings are nested deeper " +
			"than the limit of 100; nest them less",
		bomb: "x:1:16: aliases expand to more than the limit of 100000 nodes; use fewer aliases",
		long: "x:2:133: aliases expand to more than the limit of 16 MiB of text; use fewer aliases",
	} {
		root, errs := read(text)
		require.Empty(t, root)
		require.Equal(t, want, errs)
	}
}
