package report

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestQuote(t *testing.T) {
	for in, want := range map[string]string{"a.yml": "a.yml", "": "''", "a b": "'a b'", "it's": `'it'\''s'`,
		"$x": "'$x'"} {
		require.Equal(t, want, Quote(in))
		if sh, err := exec.LookPath("sh"); err == nil {
			out, err := exec.Command(sh, "-c", "printf %s "+want).Output()
			require.NoError(t, err)
			require.Equal(t, in, string(out))
		}
	}
}

func TestList(t *testing.T) {
	require.Equal(t, "a, b", List([]string{"a", "b"}, 2))
	require.Equal(t, "a and 2 more", List([]string{"a", "b", "c"}, 1))
}
