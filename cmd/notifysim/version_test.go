package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVersion(t *testing.T) {
	got := command("version")
	require.Equal(t, exitPass, got.code)
	require.Regexp(t, `^notifysim \S+ \(go1\.\S+, prometheus module \S+\)\nreleases v2\.5 to v3\.\d+\n$`, got.out)
	require.Equal(t, exitUsage, command("version", "now").code)
}
