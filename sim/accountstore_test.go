package sim_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/fakeam"
)

// labelText returns a label set as text, without labels that have no value.
func labelText(set map[string]string) string {
	b := labels.NewBuilder(labels.EmptyLabels())
	for name, value := range set {
		b.Set(name, value)
	}
	return b.Labels().String()
}

// replayStore makes a fakeam.Store process what the Alertmanager at an address processed, and returns when it knows
// each label set.
func replayStore(t *testing.T, changes []change, address string) map[string][]span {
	store := fakeam.NewStore(fakeam.StoreOptions{Start: bubbleStart})
	known := map[string][]span{}
	// until cuts what a label set is known for, because of a new copy or a restart.
	until := func(ls string, at time.Duration) {
		if n := len(known[ls]); n > 0 {
			known[ls][n-1].to = min(known[ls][n-1].to, at)
		}
	}
	for _, v := range changes {
		now := bubbleStart.Add(v.at)
		switch {
		case v.address != address:
		case v.restarts:
			for ls := range known {
				until(ls, v.at)
			}
			store.Reset(now)
		default:
			text, err := json.Marshal(v.copies)
			require.NoError(t, err)
			var copies []*alert.Alert
			require.NoError(t, json.Unmarshal(text, &copies))
			for i, a := range copies {
				require.NoError(t, store.Put(now, a)[0].Err)
				set := labelText(labelsOf(t, v.copies[i]))
				until(set, v.at)
				for _, stored := range store.Active(now) {
					if stored.Labels.Equal(a.Labels) && stored.EndsAt.After(now) {
						known[set] = append(known[set], span{v.at, stored.EndsAt.Sub(bubbleStart)})
					}
				}
			}
		}
	}
	return known
}
