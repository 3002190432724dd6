package timeline

import (
	"cmp"
	"slices"
	"time"

	"github.com/notifysim/notifysim/sim/ledger"
)

// Uncovered is a time during which N alerts, of which First is the number of the first, fire and an Alertmanager does
// not know them as firing. Lane is the index of the actor.
type Uncovered struct {
	From            float64 `json:"from"`
	To              float64 `json:"to"`
	Lane            int     `json:"lane"`
	First           int     `json:"first"`
	N               int     `json:"n"`
	FalselyResolved bool    `json:"falsely_resolved"`
}

// addUncovered adds what the account of alerts says to the lanes, and the lane Any.
func (t *Timeline) addUncovered(p *Page, step time.Duration) {
	for i, l := range p.Lanes {
		spans, ok := t.result.Uncovered[l.Name]
		if !ok {
			continue
		}
		l.addUncovered(spans, step, p.Points)
		for _, s := range spans {
			if len(p.Uncovered) < maxPageEvents && s.First >= 0 {
				p.Uncovered = append(p.Uncovered, Uncovered{
					seconds(s.From), seconds(s.To), i, s.First, s.N, s.FalselyResolved,
				})
			}
		}
	}
	if len(t.result.Uncovered) > 2 { // Any and at least two Alertmanagers
		p.Any = &Lane{Name: "all Alertmanagers together", Faults: []Span{}}
		p.Any.addUncovered(t.result.Uncovered[ledger.Any], step, p.Points)
	}
}

func seconds(ns int64) float64 { return time.Duration(ns).Seconds() }

// addUncovered fills in Unknown and FalselyResolved.
func (l *Lane) addUncovered(spans []ledger.UncoveredSpan, step time.Duration, points int) {
	l.Unknown, l.FalselyResolved = mostAtOnce(spans, false, step, points), mostAtOnce(spans, true, step, points)
}

// mostAtOnce returns for each step the largest number of alerts that spans of one kind cover at the same time.
func mostAtOnce(spans []ledger.UncoveredSpan, falselyResolved bool, step time.Duration, points int) []int {
	type change struct {
		at int64
		n  int
	}
	var changes []change
	for _, s := range spans {
		if s.FalselyResolved == falselyResolved {
			changes = append(changes, change{s.From, s.N}, change{s.To, -s.N})
		}
	}
	slices.SortFunc(changes, func(a, b change) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.n, b.n)) })
	most := make([]int, points)
	now, next := 0, 0
	for i := range most {
		most[i] = now
		for end := int64(step) * int64(i+1); next < len(changes) && (changes[next].at < end || i == points-1); next++ {
			now += changes[next].n
			most[i] = max(most[i], now)
		}
	}
	return most
}
