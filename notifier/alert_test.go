package notifier

import (
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The methods of an Alert return the same as those of Prometheus' Alert.
func TestAlert(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := genAlert().Draw(t, "alert")
		real := promAlert(a)
		require.Equal(t, real.Name(), a.Name())
		require.Equal(t, real.Hash(), a.Hash())
		require.Equal(t, real.Resolved(), a.Resolved())
		require.Equal(t, real.String(), a.String())
		for _, at := range append(unusualTimes, a.EndsAt, a.EndsAt.Add(1), a.EndsAt.Add(-1)) {
			require.Equal(t, real.ResolvedAt(at), a.ResolvedAt(at))
		}
	})
	a := &Alert{Labels: labels.FromStrings("alertname", "InstanceDown")}
	require.Regexp(t, `^InstanceDown\[[0-9a-f]{7}\]\[active\]$`, a)
	a.EndsAt = time.Unix(1, 0)
	require.Regexp(t, `\[resolved\]$`, a)
	require.Equal(t, "InstanceDown", a.Name())
}
