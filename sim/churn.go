package sim

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	common "github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/discovery/targetgroup"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/scenarios"
)

// drawnChurn returns a copy of t in which random target updates and restarts replace each churn event. It returns t
// itself if it has no churn.
func drawnChurn(t *scenarios.Test, seed uint64) *scenarios.Test {
	if !slices.ContainsFunc(t.Timeline, func(e scenarios.Event) bool { return e.Churn != nil }) {
		return t
	}
	drawn := *t
	drawn.Timeline = nil
	for i := range t.Timeline {
		if e := &t.Timeline[i]; e.Churn != nil {
			drawn.Timeline = append(drawn.Timeline, churnEvents(e, seed)...)
		} else {
			drawn.Timeline = append(drawn.Timeline, *e)
		}
	}
	slices.SortStableFunc(drawn.Timeline, func(a, b scenarios.Event) int { return cmp.Compare(a.At, b.At) })
	return &drawn
}

// churnEvents draws the target updates and restarts that replace a churn event.
func churnEvents(e *scenarios.Event, seed uint64) []scenarios.Event {
	c := e.Churn
	actor := "churn " + c.Set + " " + strconv.FormatInt(int64(e.At), 10)
	gaps, leave, come := fakeam.NewRandom(seed, actor, "every"), fakeam.NewRandom(seed, actor, "leaves"),
		fakeam.NewRandom(seed, actor, "comes")
	which := func(r *fakeam.Random, n int) int {
		if !c.Random {
			return 0
		}
		return int(r.Uint64() % uint64(n))
	}
	there, away := slices.Clone(c.Targets[:c.Up]), slices.Clone(c.Targets[c.Up:])
	gone := map[string]*scenarios.Restart{} // the restarts of addresses that left, until they join again
	events := []scenarios.Event{churnTargets(e, e.At, there)}
	for at, end := e.At, e.At+c.For; ; {
		gap := c.Every
		if c.Exponential {
			gap = time.Duration(float64(float64(c.Every) * gaps.Exp()))
		}
		if at += max(gap.Round(time.Millisecond), time.Millisecond); at >= end {
			for _, address := range away {
				if r := gone[address]; r != nil {
					r.Down += end
				}
			}
			return events
		}
		i, j := which(&leave, len(there)), which(&come, len(away))
		goes, comes := there[i], away[j]
		if r := gone[comes]; r != nil { // the address that joins had left before
			r.Down += at
			delete(gone, comes)
		}
		// Down ends when the address joins again, or at the end of the churn.
		gone[goes] = &scenarios.Restart{Target: goes, Down: -at}
		events = append(events, scenarios.Event{Pos: e.Pos, At: at, Restart: gone[goes]})
		there = append(slices.Delete(there, i, i+1), comes)
		away = append(slices.Delete(away, j, j+1), goes)
		events = append(events, churnTargets(e, at, there))
	}
}

func churnTargets(e *scenarios.Event, at time.Duration, there []string) scenarios.Event {
	group := &targetgroup.Group{Source: "0"}
	for _, address := range there {
		group.Targets = append(group.Targets, common.LabelSet{common.AddressLabel: common.LabelValue(address)})
	}
	return scenarios.Event{Pos: e.Pos, At: at, TargetGroups: map[string][]*targetgroup.Group{e.Churn.Set: {group}}}
}
