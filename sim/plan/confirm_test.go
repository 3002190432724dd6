package plan

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A candidate that is best in the runs of all candidates, but no better than no change in more runs, is not advised.
// The best one with another kind of change is tried then.
func TestConfirmTriesTheNextBest(t *testing.T) {
	missed := func(n int64) Outcome { return Outcome{Alerts: 10, Missed: n} }
	candidates := func() []*Candidate {
		return []*Candidate{
			{Change: ChangeNothing, Outcome: missed(5)},
			{Change: ChangeCapacity, Outcome: missed(0), size: 1},
			{Change: ChangeCapacity, Outcome: missed(0), size: 2},
			{Change: ChangeTimeout, Outcome: missed(1)},
			{Change: ChangeRelease, Outcome: missed(2)},
		}
	}
	for _, c := range []struct {
		name    string
		all     map[Change]int64 // the missed alerts in all runs
		advised Change
		ran     int // the candidates that ran, with the scenario as it is
	}{
		{"confirmed", map[Change]int64{ChangeNothing: 6, ChangeCapacity: 1}, ChangeCapacity, 2},
		{"the second", map[Change]int64{ChangeNothing: 6, ChangeCapacity: 6, ChangeTimeout: 2}, ChangeTimeout, 3},
		{"none", map[Change]int64{ChangeNothing: 6, ChangeCapacity: 7, ChangeTimeout: 6, ChangeRelease: 6}, ChangeNothing, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &Plan{Candidates: candidates(), interval: time.Minute}
			ran := 0
			require.NoError(t, p.confirm(0, func(list []*Candidate) (outcomes []Outcome, err error) {
				for _, one := range list {
					ran++
					outcomes = append(outcomes, missed(c.all[one.Change]))
				}
				return outcomes, nil
			}))
			require.Equal(t, c.advised, p.advised.Change)
			require.Equal(t, c.ran, ran)
			require.EqualValues(t, 6, p.Advice.Now.Missed)
			require.Equal(t, c.all[c.advised], p.Advice.Then.Missed)
			require.Zero(t, p.Candidates[1].Outcome.Missed, "the table keeps the runs that all candidates have")
		})
	}
}
