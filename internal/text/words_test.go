package text_test

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/internal/text"
)

func TestShellQuote(t *testing.T) {
	for in, want := range map[string]string{
		"a.yml": "a.yml", "": "''", "a b": "'a b'", "it's": `'it'\''s'`, "$x": "'$x'", "a,b@c%d+e": "a,b@c%d+e",
	} {
		require.Equal(t, want, text.ShellQuote(in))
		if sh, err := exec.LookPath("sh"); err == nil {
			out, err := exec.Command(sh, "-c", "printf %s "+want).Output()
			require.NoError(t, err)
			require.Equal(t, in, string(out))
		}
	}
}

func TestFileArg(t *testing.T) {
	for in, want := range map[string]string{"a.yml": "a.yml", "a b": "'a b'", "-x": "./-x", text.Stdin: "-"} {
		require.Equal(t, want, text.FileArg(in))
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", -1000: "-1,000", 1234567: "1,234,567"} {
		require.Equal(t, want, text.Thousands(n))
	}
}

func TestList(t *testing.T) {
	require.Equal(t, "a, b", text.List([]string{"a", "b"}, 2))
	require.Equal(t, "a and 2 more", text.List([]string{"a", "b", "c"}, 1))
}

func TestCount(t *testing.T) {
	require.Equal(t, "1 run, 2 runs", text.Count(1, "run")+", "+text.Count(2, "run"))
}
