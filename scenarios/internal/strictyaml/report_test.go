package strictyaml_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

func TestErrorsAreInTheOrderOfTheirPositions(t *testing.T) {
	r := strictyaml.Report{Path: "main.yml"}
	require.NoError(t, r.Err())
	for _, pos := range []strictyaml.Pos{
		{File: "a.yml", Line: 1, Col: 1}, {File: "main.yml", Line: 2, Col: 1}, {File: "main.yml", Line: 1, Col: 9},
		{File: "main.yml", Line: 1, Col: 3}, {File: "main.yml", Line: 1, Col: 3},
	} {
		r.Errorf(pos, "wrong; write %s", "another")
	}
	require.Equal(t, 5, r.Count())
	require.EqualError(t, r.Err(), strings.TrimSpace(`
main.yml:1:3: wrong; write another
main.yml:1:9: wrong; write another
main.yml:2:1: wrong; write another
a.yml:1:1: wrong; write another`))
	require.Empty(t, r.Fork().Errors())
}

func TestOneAndMissing(t *testing.T) {
	check := func(m strictyaml.Mapping, given ...bool) string {
		var r strictyaml.Report
		names := []string{"send", "fault", "reload"}
		var choices []strictyaml.Choice
		for i, name := range names {
			choices = append(choices, strictyaml.NewChoice(name, given[i]))
		}
		r.One(m, "the event", choices...)
		return r.Errors().Error()
	}
	at := strictyaml.Mapping{Pos: strictyaml.Pos{File: "x", Line: 1, Col: 1}}
	require.Empty(t, check(at, true, false, false))
	require.Equal(t, "x:1:1: the event is incomplete; write one of send, fault or reload", check(at, false, false, false))
	require.Equal(t, "x:1:1: the event has send and reload; write only one of them", check(at, true, false, true))
	at.Malformed = true
	require.Empty(t, check(at, false, false, false), "the missing field may be there, but misspelt")
	require.NotEmpty(t, check(at, true, true, false))
}

func TestExcerpt(t *testing.T) {
	text := "first\n\tname: \x1bä, too\r\n" + strings.Repeat("x", 200) + "\n\n"
	for _, c := range []struct {
		pos         strictyaml.Pos
		line, caret string
	}{
		{strictyaml.Pos{File: "x", Line: 2, Col: 9}, "2 |  name: ·ä, too", "  |         ^"},
		{strictyaml.Pos{File: "x", Line: 1, Col: 99}, "1 | first", "  |      ^"},
		{
			strictyaml.Pos{File: "x", Line: 3, Col: 190},
			"3 | …" + strings.Repeat("x", 110), "  | " + strings.Repeat(" ", 100) + "^",
		},
		{strictyaml.Pos{File: "x", Line: 4, Col: 1}, "", ""},
		{strictyaml.Pos{File: "x"}, "", ""},
		{strictyaml.Pos{File: "another", Line: 1, Col: 1}, "", ""},
	} {
		var r strictyaml.Report
		r.AddSource("x", []byte(text))
		r.Errorf(c.pos, "wrong")
		line, caret := r.Errors()[0].Excerpt()
		require.Equal(t, c.line, line, c.pos)
		require.Equal(t, c.caret, caret, c.pos)
	}
}
