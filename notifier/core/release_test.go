package core_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/notifier/core"
)

func TestParseRelease(t *testing.T) {
	for name, line := range map[string]string{
		"v2.5": "v2.5", "v2.5.0": "v2.5", "2.9.1": "v2.6", "2.9.2": "v2.9.2", "v2.10": "v2.10",
		"v2.14.9": "v2.11", "v2.44.0": "v2.26", "v2.45.0": "v2.45", "v2.50.1": "v2.45",
		"v2.51": "v2.51.2", "v2.51.0": "v2.51.0", "v2.51.1": "v2.51.0", "v2.53.3": "v2.51.2", "v2.54": "v2.54",
		"v3.0": "v3.0", "v3.2.1": "v3.1", "v3.9": "v3.9", "v3.10": "v3.10", "v3.15": "v3.12", "v3.16.0": "v3.16",
	} {
		r, err := core.ParseRelease(name)
		require.NoError(t, err, name)
		require.Equal(t, line, r.Line, name)
	}
	for name, message := range map[string]string{
		"v2.4":     `release "v2.4" is not known; known are v2.5 to v3.16`,
		"v3.17":    `release "v3.17" is not known; known are v2.5 to v3.16`,
		"v4.0":     `release "v4.0" is not known; known are v2.5 to v3.16`,
		"latest":   `release "latest": not of the form v3.16 or v3.16.1; write a Prometheus release such as "v3.16"`,
		"v3.05":    `release "v3.05": not of the form v3.16 or v3.16.1; write a Prometheus release such as "v3.16"`,
		"v3.1.2.3": `release "v3.1.2.3": not of the form v3.16 or v3.16.1; write a Prometheus release such as "v3.16"`,
		"":         `release "": not of the form v3.16 or v3.16.1; write a Prometheus release such as "v3.16"`,
	} {
		_, err := core.ParseRelease(name)
		require.EqualError(t, err, message)
	}
}
