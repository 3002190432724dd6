package ledger_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/ledger"
)

const ms = int64(time.Millisecond)

// all is a filter that lets every alert pass.
func all(string, int) bool { return true }

// newAlertmanager adds an Alertmanager whose set has no relabelling.
func newAlertmanager(l *ledger.AlertLog, address string) int {
	am := l.NewAlertmanager(address)
	l.Joins(am, nil, false)
	return am
}

// know records that an Alertmanager begins to know a label set as firing (firing is true), or no longer knows it.
func know(l *ledger.AlertLog, am int, at int64, labelSet int, firing bool) {
	kind := fakeam.Resolves
	if firing {
		kind = fakeam.Fires
	}
	l.Changes(am, []fakeam.Change{{At: at, Kind: kind, First: labelSet, N: 1}})
}

// The account of one alert at one Alertmanager equals what a person computes by hand. Times are in minutes.
func TestAccountOfOneAlert(t *testing.T) {
	type span struct{ from, to int } // to is 0 if the span lasts until the end of the run
	for _, c := range []struct {
		name             string
		fires, known     []span
		alerts, missed   int64
		first, uncovered time.Duration
		resolved, times  int64
		longest, late    time.Duration
	}{
		{name: "known at once", fires: []span{{1, 5}}, known: []span{{1, 5}}, alerts: 1},
		{name: "known after a minute", fires: []span{{1, 5}}, known: []span{{2, 5}}, alerts: 1, first: time.Minute,
			uncovered: time.Minute},
		{name: "never known", fires: []span{{1, 5}}, alerts: 1, missed: 1, uncovered: 4 * time.Minute},
		{name: "never known, and never resolved", fires: []span{{1, 0}}, alerts: 1, missed: 1, uncovered: 9 * time.Minute},
		{name: "known once it has ended", fires: []span{{1, 5}}, known: []span{{6, 8}}, alerts: 1, missed: 1,
			uncovered: 4 * time.Minute, late: 2 * time.Minute},
		{name: "resolved late", fires: []span{{1, 5}}, known: []span{{1, 7}}, alerts: 1, late: 2 * time.Minute},
		{name: "not resolved at the end", fires: []span{{1, 5}}, known: []span{{1, 0}}, alerts: 1, late: 5 * time.Minute},
		{name: "falsely resolved", fires: []span{{1, 8}}, known: []span{{1, 3}, {5, 8}}, alerts: 1,
			uncovered: 2 * time.Minute, resolved: 1, times: 1, longest: 2 * time.Minute},
		{name: "falsely resolved twice", fires: []span{{1, 9}}, known: []span{{1, 2}, {3, 4}, {6, 9}}, alerts: 1,
			uncovered: 3 * time.Minute, resolved: 1, times: 2, longest: 2 * time.Minute},
		{name: "falsely resolved until the end of the run", fires: []span{{1, 0}}, known: []span{{1, 3}}, alerts: 1,
			uncovered: 7 * time.Minute, resolved: 1, times: 1, longest: 7 * time.Minute},
		{name: "resolved when it ends", fires: []span{{1, 3}}, known: []span{{1, 3}}, alerts: 1},
		{name: "a copy comes when the one before expires", fires: []span{{1, 8}}, known: []span{{1, 4}, {4, 8}}, alerts: 1},
		{name: "fires twice", fires: []span{{1, 3}, {5, 8}}, known: []span{{1, 3}, {6, 8}}, alerts: 2, first: time.Minute,
			uncovered: time.Minute},
		{name: "still known when it fires again", fires: []span{{1, 3}, {5, 8}}, known: []span{{1, 8}}, alerts: 2,
			late: 2 * time.Minute},
		{name: "fires at the end", fires: []span{{10, 0}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var l ledger.AlertLog
			am, alert := newAlertmanager(&l, "am-a"), l.NewAlerts(1)
			l.SentAs(alert, 7)
			minute := func(m int) int64 { return int64(m) * int64(time.Minute) }
			for _, s := range c.known { // a resolve at an Alertmanager may be recorded later than it happened
				know(&l, am, minute(s.from), 7, true)
				if s.to > 0 {
					know(&l, am, minute(s.to), 7, false)
				}
			}
			for _, s := range c.fires {
				l.Fires(minute(s.from), alert, 1)
				if s.to > 0 {
					l.Ends(minute(s.to), alert, 1)
				}
			}
			got := l.Account(minute(10), all)
			want := ledger.AlertAccount{Alerts: c.alerts, Missed: c.missed, FalselyResolved: c.resolved}
			require.Empty(t, cmp.Diff(want.Alerts, got.Any.Alerts))
			require.Equal(t, c.missed, got.Any.Missed, "missed")
			require.Equal(t, c.missed, got.Any.FirstDelivery.Endless, "first deliveries without an end")
			require.Equal(t, c.first, got.Any.FirstDelivery.Max(), "first delivery")
			require.Equal(t, int64(c.uncovered), got.Any.Uncovered.Total(), "uncovered")
			require.Equal(t, c.resolved, got.Any.FalselyResolved, "alerts falsely resolved")
			require.Equal(t, c.times, got.Any.FalseResolves.Count(), "false resolves")
			require.Equal(t, c.longest, got.Any.FalseResolves.Max(), "longest false resolve")
			require.Equal(t, int64(c.late), got.Any.LateResolve.Total(), "late resolve")
			require.Equal(t, summary(got.Any), summary(got.Alertmanagers["am-a"]), "any is am-a")
		})
	}
}

// summary returns an account as text.
func summary(a ledger.AlertAccount) string {
	return fmt.Sprint(a.Alerts, " alerts, missed ", a.Missed, ", first ", a.FirstDelivery.Endless, a.FirstDelivery.Total(),
		", uncovered ", a.Uncovered.Total(), " longest ", a.Uncovered.Max(), ", falsely resolved ", a.FalselyResolved,
		" ", a.FalseResolves.Count(), " times ", a.FalseResolves.Total(), ", late ", a.LateResolve.Total())
}

// If relabelling turns several alerts into the same label set they are one alert, which fires while at least one of
// them does.
func TestRelabellingMergesAlerts(t *testing.T) {
	var l ledger.AlertLog
	am, alert := newAlertmanager(&l, "am-a"), l.NewAlerts(2)
	l.SentAs(alert, 0)
	l.SentAs(alert+1, 0)
	l.Fires(1*ms, alert, 1)
	l.Fires(2*ms, alert+1, 1)
	l.Ends(5*ms, alert, 1)
	l.Ends(9*ms, alert+1, 1)
	know(&l, am, 4*ms, 0, true)
	know(&l, am, 8*ms, 0, false)
	got := l.Account(20*ms, all).Any
	require.Equal(t, int64(1), got.Alerts)
	require.Equal(t, 3*time.Millisecond, got.FirstDelivery.Max())
	require.Equal(t, 1*time.Millisecond, got.FalseResolves.Max())
	one := l.Account(20*ms, func(_ string, of int) bool { return of == alert+1 }).Any
	require.Equal(t, summary(got), summary(one), "a filter that accepts one of them accepts the merged alert")
}

// A reload that changes external labels gives an alert another label set; it is still the same alert.
func TestReloadKeepsAlerts(t *testing.T) {
	var l ledger.AlertLog
	am, alert := newAlertmanager(&l, "am-a"), l.NewAlerts(1)
	l.SentAs(alert, 0)
	l.SentAs(alert, 1)
	l.Fires(0, alert, 1)
	know(&l, am, 0, 0, true)
	know(&l, am, 5*ms, 1, true)
	know(&l, am, 7*ms, 0, false) // the old label set expires
	got := l.Account(20*ms, all).Any
	require.Equal(t, "1 alerts, missed 0, first 0 0, uncovered 0 longest 0s, falsely resolved 0 0 times 0, late 0",
		summary(got))
}

// The relabelling of an Alertmanager's set can give an alert other labels there, and an Alertmanager forgets its alerts
// when it restarts. For any, an alert counts as known while at least one Alertmanager knows it.
func TestAlertmanagersDiffer(t *testing.T) {
	var l ledger.AlertLog
	a, b, alert := l.NewAlertmanager("am-a"), l.NewAlertmanager("am-b"), l.NewAlerts(1)
	set := &core.Set{}
	l.Joins(a, nil, false)
	l.Joins(b, set, true)
	l.SentAs(alert, 0)
	l.RelabelledAs(set, 0, 1)
	l.Fires(0, alert, 1)
	know(&l, a, 1*ms, 0, true)
	l.Forgets(4*ms, a)
	know(&l, b, 3*ms, 0, true) // the set of b never turns the alert into this label set
	know(&l, b, 6*ms, 1, true)
	got := l.Account(10*ms, all)
	require.Equal(t, time.Millisecond, got.Any.FirstDelivery.Max())
	require.Equal(t, 3*ms, got.Any.Uncovered.Total())
	require.Equal(t, 7*ms, func() int64 { a := got.Alertmanagers["am-a"]; return a.Uncovered.Total() }())
	require.Equal(t, 6*ms, func() int64 { b := got.Alertmanagers["am-b"]; return b.Uncovered.Total() }())
	none := l.Account(10*ms, func(address string, _ int) bool { return address == "am-b" })
	require.Zero(t, none.Any.Alerts)
	require.Zero(t, func() int64 { a := none.Alertmanagers["am-a"]; return a.Alerts }())
}

// Quantiles are over all alerts, including those that were never known.
func TestQuantilesWithoutEnd(t *testing.T) {
	var l ledger.AlertLog
	am, first := newAlertmanager(&l, "am-a"), l.NewAlerts(4)
	l.Fires(0, first, 4)
	for i := range 4 {
		l.SentAs(first+i, i)
		if i < 3 {
			know(&l, am, int64(i+1)*ms, i, true)
		}
	}
	times := l.Account(10*ms, all).Any.FirstDelivery
	half, ends := times.Quantile(0.5)
	require.True(t, ends)
	require.Equal(t, 2*time.Millisecond, half)
	_, ends = times.Quantile(0.9)
	require.False(t, ends)
	text, err := times.MarshalJSON()
	require.NoError(t, err)
	require.Equal(t, `{"count":4,"p50_ns":2000000,"p90_ns":null,"p99_ns":null,"max_ns":null,"total_ns":6000000}`,
		string(text))
}

// The account equals that of a slow implementation that looks at every millisecond.
func TestAccountByTheMillisecond(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const end, alerts, ams = 40, 3, 2
		var l ledger.AlertLog
		first := l.NewAlerts(alerts)
		fires, knows := [alerts][end]bool{}, [ams][alerts][end]bool{}
		spans := func(name string, set func(ms int), begin, stop func(at int64)) {
			at := 0
			for range rapid.IntRange(0, 4).Draw(t, name) {
				from := at + rapid.IntRange(1, 8).Draw(t, "after")
				to := from + rapid.IntRange(1, 12).Draw(t, "for")
				if at = to; from >= end {
					return
				}
				begin(int64(from) * ms)
				stop(int64(to) * ms)
				for m := from; m < min(to, end); m++ {
					set(m)
				}
			}
		}
		for a := range alerts {
			l.SentAs(first+a, a)
			spans("fires", func(m int) { fires[a][m] = true },
				func(at int64) { l.Fires(at, first+a, 1) }, func(at int64) { l.Ends(at, first+a, 1) })
		}
		for number := range ams {
			am := newAlertmanager(&l, fmt.Sprint(number))
			for a := range alerts {
				spans("known", func(m int) { knows[number][a][m] = true },
					func(at int64) { know(&l, am, at, a, true) }, func(at int64) { know(&l, am, at, a, false) })
			}
		}
		got := l.Account(end*ms, all)
		want := [ams + 1]slowAccount{}
		for i := range want {
			want[i].at = map[instant]bool{}
		}
		for a := range alerts {
			any := [end]bool{}
			for number := range ams {
				want[number].add(a, fires[a][:], knows[number][a][:])
				for m := range end {
					any[m] = any[m] || knows[number][a][m]
				}
			}
			want[ams].add(a, fires[a][:], any[:])
		}
		require.Equal(t, want[0].String(), summary(got.Alertmanagers["0"]))
		require.Equal(t, want[1].String(), summary(got.Alertmanagers["1"]))
		require.Equal(t, want[ams].String(), summary(got.Any))
		uncovered := l.UncoveredSpans(end*ms, all)
		require.Equal(t, want[0].at, byTheMillisecond(uncovered["0"]))
		require.Equal(t, want[1].at, byTheMillisecond(uncovered["1"]))
		require.Equal(t, want[ams].at, byTheMillisecond(uncovered[ledger.Any]))
	})
}

// An instant is an alert at a millisecond.
type instant struct{ alert, at int }

// byTheMillisecond returns when alerts are uncovered. The value is true if they are falsely resolved.
func byTheMillisecond(spans []ledger.UncoveredSpan) map[instant]bool {
	at := map[instant]bool{}
	for _, s := range spans {
		for alert := s.First; alert < s.First+s.N; alert++ {
			for m := s.From / ms; m < s.To/ms; m++ {
				at[instant{alert, int(m)}] = s.FalselyResolved
			}
		}
	}
	return at
}

// Alerts that fire one after the other and are uncovered at the same times have one span. Alerts that were never sent
// have no label set.
func TestUncoveredSpans(t *testing.T) {
	var l ledger.AlertLog
	a, b, first := newAlertmanager(&l, "am-a"), newAlertmanager(&l, "am-b"), l.NewAlerts(5)
	for i := range 3 {
		l.SentAs(first+i, 10+i)
	}
	l.Fires(1*ms, first, 5)
	for i := range 3 {
		know(&l, a, 2*ms, 10+i, true)
		know(&l, a, 6*ms, 10+i, false)
		know(&l, a, 8*ms, 10+i, true)
		know(&l, b, int64(3+i)*ms, 10+i, true)
	}
	never := ledger.UncoveredSpan{From: 1 * ms, To: 20 * ms, First: -1, N: 2}
	known := ledger.UncoveredSpan{From: 1 * ms, To: 2 * ms, First: 10, N: 3}
	require.Equal(t, map[string][]ledger.UncoveredSpan{
		"am-a": {known, never, {From: 6 * ms, To: 8 * ms, First: 10, N: 3, FalselyResolved: true}},
		"am-b": {{From: 1 * ms, To: 3 * ms, First: 10, N: 1}, {From: 1 * ms, To: 4 * ms, First: 11, N: 1},
			{From: 1 * ms, To: 5 * ms, First: 12, N: 1}, never},
		ledger.Any: {known, never},
	}, l.UncoveredSpans(20*ms, all))
	only := l.UncoveredSpans(20*ms, func(_ string, alert int) bool { return alert == first+1 })
	require.Equal(t, []ledger.UncoveredSpan{{From: 1 * ms, To: 4 * ms, First: 11, N: 1}}, only["am-b"])
}

// A slowAccount is the account of the slow implementation, in milliseconds.
type slowAccount struct {
	alerts, missed, first, uncovered, longest, resolved, times, gaps, late int64

	at map[instant]bool // when alerts are uncovered, and whether they are falsely resolved then
}

func (s *slowAccount) add(alert int, fires, knows []bool) {
	for from := 0; from < len(fires); from++ {
		if !fires[from] || from > 0 && fires[from-1] {
			continue
		}
		to := from
		var uncovered, gap, gaps int64
		known, resolved := false, false
		for ; to < len(fires) && fires[to]; to++ {
			switch {
			case knows[to]:
				if !known {
					s.first += int64(to - from)
				}
				known, gap = true, 0
			case known:
				if gap++; gap == 1 {
					gaps++
					resolved = true
				}
				s.gaps++
				uncovered++
				s.at[instant{alert, to}] = true
			default:
				uncovered++
				s.at[instant{alert, to}] = false
			}
		}
		s.alerts++
		if !known {
			s.missed++
		}
		if resolved {
			s.resolved++
		}
		s.times += gaps
		s.uncovered += uncovered
		s.longest = max(s.longest, uncovered)
		for m := to; m < len(fires) && !fires[m]; m++ {
			if knows[m] {
				s.late++
			}
		}
	}
}

func (s *slowAccount) String() string {
	return fmt.Sprint(s.alerts, " alerts, missed ", s.missed, ", first ", s.missed, s.first*ms,
		", uncovered ", s.uncovered*ms, " longest ", time.Duration(s.longest*ms), ", falsely resolved ", s.resolved,
		" ", s.times, " times ", s.gaps*ms, ", late ", s.late*ms)
}
