package strictyaml_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

func TestWriteOneOf(t *testing.T) {
	known := []string{"hang", "refuse", "reset", "status"}
	for word, want := range map[string]string{
		"hagn": `write "hang"`, "rest": `write "reset"`, "Status": `write "status"`, "statuss": `write "status"`,
		"": "write one of hang, refuse, reset, status", "timeout": "write one of hang, refuse, reset, status",
	} {
		require.Equal(t, want, strictyaml.WriteOneOf(word, known), "%q", word)
	}
	require.Equal(t, "leave it out", strictyaml.WriteOneOf("a", nil))
	require.Equal(t, `write "count"`, strictyaml.WriteOneOf("max", []string{"count"}))
	var many []string
	for i := range 20 {
		many = append(many, fmt.Sprint(1000+i))
	}
	require.Equal(t,
		"write one of 1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1011, …",
		strictyaml.WriteOneOf("abc", many))
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"hang", "hang", 0}, {"hang", "hagn", 1}, {"hang", "hung", 1}, {"hang", "haang", 1},
		{"kitten", "sitting", 3}, {"ab", "ba", 1}, {"duration", "durration", 1},
	} {
		require.Equal(t, c.want, strictyaml.Distance(c.a, c.b, 10), "%q %q", c.a, c.b)
		require.Equal(t, min(c.want, 2), strictyaml.Distance(c.a, c.b, 2), "%q %q", c.a, c.b)
	}
	word := rapid.StringMatching(`[ab]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		d := strictyaml.Distance(a, b, 100)
		require.Equal(t, d, strictyaml.Distance(b, a, 100))
		require.Equal(t, a == b, d == 0)
		require.LessOrEqual(t, d, max(len(a), len(b)))
	})
}

func TestDurations(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"0": 0, "1d12h": 36 * time.Hour, "1.5s": 1500 * time.Millisecond, "40us": 40 * time.Microsecond,
	} {
		got, err := strictyaml.ParseDuration(text)
		require.NoError(t, err)
		require.Equal(t, want, got, text)
	}
	for d, want := range map[time.Duration]string{
		0: "0s", 90 * time.Second: "1m30s", 36 * time.Hour: "1d12h", 1500 * time.Microsecond: "1.5ms",
	} {
		require.Equal(t, want, strictyaml.FormatDuration(d))
	}
}
