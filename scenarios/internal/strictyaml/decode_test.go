package strictyaml_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

type document struct {
	strictyaml.Mapping
	Name  strictyaml.Value[string]                  `yaml:"name" required:"write a name, such as name: a"`
	Count strictyaml.Value[int64]                   `yaml:"count" limits:"1..8"`
	Share strictyaml.Value[float64]                 `yaml:"share" limits:"0..1"`
	On    strictyaml.Value[bool]                    `yaml:"on_off"`
	Delay strictyaml.Value[time.Duration]           `yaml:"delay" limits:"1ms..1h"`
	Words strictyaml.List[strictyaml.Value[string]] `yaml:"words" example:"a word, or a list of them"`
	By    strictyaml.Dict[struct {
		Status strictyaml.Value[int64] `yaml:"status"`
	}] `yaml:"by"`
	Inner *inner         `yaml:"inner"`
	Items []inner        `yaml:"items"`
	Any   strictyaml.Raw `yaml:"any"`
	base  `yaml:",inline"`
}

type inner struct {
	strictyaml.Mapping
	Hang   strictyaml.Value[bool]  `yaml:"hang"`
	Status strictyaml.Value[int64] `yaml:"status" limits:"300..599"`
}

type base struct {
	More strictyaml.Value[string] `yaml:"more"`
}

func decode(text string) (doc document, errs string) {
	r := &strictyaml.Report{Path: "x"}
	d := strictyaml.Decoder{Report: r, File: "x"}
	if n := strictyaml.ReadForeign(r, "x", []byte(text)); n != nil {
		d.Decode(strictyaml.FieldSpec{Name: "the file"}, n, &doc)
	}
	return doc, r.Errors().Error()
}

func TestDecode(t *testing.T) {
	doc, errs := decode(`name: 7
count: 8
share: 0.5
on_off: True
delay: 1m30s
words: a
by: {z: {status: 1}, a: {}}
inner: {hang: true}
items: [{status: 503}, {}]
any: {b: [1]}
more: ''
`)
	require.Empty(t, errs)
	require.Equal(t, strictyaml.Pos{File: "x", Line: 1, Col: 1}, doc.Pos)
	require.False(t, doc.Malformed)
	require.Equal(t, "7", doc.Name.V)
	require.Equal(t, "x:1:7", doc.Name.Pos.String())
	require.EqualValues(t, 8, doc.Count.V)
	require.InDelta(t, 0.5, doc.Share.V, 0)
	require.True(t, doc.On.V)
	require.Equal(t, 90*time.Second, doc.Delay.V)
	require.Len(t, doc.Words.Items, 1)
	require.Equal(t, "z", doc.By.Entries[0].Key, "entries must be in the order of the file")
	require.True(t, doc.Inner.Hang.V)
	require.Equal(t, "x:8:8", doc.Inner.Pos.String())
	require.EqualValues(t, 503, doc.Items[0].Status.V)
	require.Equal(t, yaml.MappingNode, doc.Any.Node.Kind)
	require.True(t, doc.More.OK())
	require.Empty(t, doc.More.V)

	doc, errs = decode("name: a")
	require.Empty(t, errs)
	require.False(t, doc.Count.Given() || doc.Words.Given() || doc.By.Given() || doc.Any.Given())
	require.Nil(t, doc.Inner)
}

func TestDecodeErrors(t *testing.T) {
	for text, want := range map[string]string{
		"a":                       `x:1:1: the file is "a"; write {name: a}`,
		"{}":                      "x:1:1: `name` is missing; write a name, such as name: a",
		"{nam: a}":                `x:1:2: unknown field "nam"; write "name"`,
		"{name: }":                "x:1:8: `name` is empty; write text",
		"{name: [a]}":             "x:1:8: `name` is a list; write text",
		"{name: a, count: 9}":     "x:1:18: `count` is 9; write a whole number from 1 to 8",
		"{name: a, count: '1'}":   "x:1:18: `count` is \"1\"; write a whole number from 1 to 8, without quotes",
		"{name: a, share: 2}":     "x:1:18: `share` is 2; write a number from 0 to 1",
		"{name: a, share: .nan}":  "x:1:18: `share` is .nan; write a number from 0 to 1",
		"{name: a, on_off: on}":   "x:1:19: `on_off` is \"on\"; write true or false",
		"{name: a, delay: 10}":    "x:1:18: `delay` is 10; write a unit too, such as 10s or 10m",
		"{name: a, delay: soon}":  "x:1:18: `delay` is \"soon\"; write a duration such as 30s, 1h30m or 40us",
		"{name: a, delay: 2h}":    "x:1:18: `delay` is \"2h\"; write a duration from 1ms to 1h",
		"{name: a, delay: -1s}":   "x:1:18: `delay` is \"-1s\"; write a duration that is not negative",
		"{name: a, delay: 9999y}": "x:1:18: `delay` is \"9999y\"; write a duration from 1ms to 1h",
		"{name: a, words: {}}":    "x:1:18: `words` is a mapping; write a word, or a list of them",
		"{name: a, words: [[]]}":  "x:1:19: an item of `words` is a list; write text",
		"{name: a, by: 1}":        "x:1:15: `by` is 1; write a mapping such as {name: value}",
		"{name: a, by: {k: 1}}":   "x:1:19: `k` is 1; write {status: 1}",
		"{name: a, inner: hung}":  "x:1:18: `inner` is \"hung\"; write {hang: true}",
		"{name: a, inner: state}": "x:1:18: `inner` is \"state\"; write a mapping such as {status: …}",
		"{name: a, inner: 503}":   "x:1:18: `inner` is 503; write {status: 503}",
		"{name: a, inner: 200}":   "x:1:18: `inner` is 200; write a mapping with the fields hang, status",
		"{name: a, items: {}}":    "x:1:18: `items` is a mapping; write a list with a dash before each item",
		"{name: a, items: [1]}":   "x:1:19: an item of `items` is 1; write a mapping with the fields hang, status",
	} {
		_, errs := decode(text)
		require.Equal(t, want, errs, "%q", text)
	}
	doc, _ := decode("{name: a, count: 9}")
	require.True(t, doc.Count.Given())
	require.False(t, doc.Count.OK())
}

// Decoding continues after an error, up to a limit. An error that an alias repeats is reported once.
func TestDecodeGoesOn(t *testing.T) {
	_, errs := decode("count: 0\nshare: 3\nitems: [&a {hang: 1}, *a]\n")
	require.Equal(t, strings.Join([]string{
		"x:1:1: `name` is missing; write a name, such as name: a",
		"x:1:8: `count` is 0; write a whole number from 1 to 8",
		"x:2:8: `share` is 3; write a number from 0 to 1",
		"x:3:19: `hang` is 1; write true or false",
	}, "\n"), errs)
	_, errs = decode("name: a\nitems:\n" + strings.Repeat("  - {hang: 1}\n", 2000))
	require.Equal(t, strictyaml.MaxErrors, strings.Count(errs, "\n")+1)
}

func TestFields(t *testing.T) {
	var names []string
	for _, f := range strictyaml.Fields(reflect.TypeFor[document]()) {
		names = append(names, f.Name)
	}
	require.Equal(t, "name count share on_off delay words by inner items any more", strings.Join(names, " "))
	require.Equal(t, "1..8", strictyaml.Fields(reflect.TypeFor[document]())[1].Tag.Get("limits"))
}
