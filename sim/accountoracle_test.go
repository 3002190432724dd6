package sim_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/ledger"
)

// A span is the time from an instant up to another, which is not included.
type span struct{ from, to time.Duration }

// A change is what happens to an Alertmanager: it stores the copies of a request, or it restarts.
type change struct {
	at       time.Duration
	address  string
	copies   []map[string]any // as in the body of the request; nil for a restart
	restarts bool
}

// A history is a run and what happened to its Alertmanagers, in the order of time.
type history struct {
	result  *sim.Result
	events  []sim.Event
	changes []change
	posts   map[int64][]map[string]any // the copies of each request, by the number of its event
}

// record runs a test with a Manager, whose requests have bodies. From the trace it takes which of their copies were
// stored, and when. The error is that of the run.
func record(t testing.TB, file *scenarios.File, test *scenarios.Test, rel *core.Release) (h history, err error) {
	t.Helper()
	var bodies [][]byte
	h.result, err = sim.Run(file, test, rel, 1, sim.Options{
		Engine: sim.EngineManager,
		Bodies: func(_ time.Duration, _ string, body []byte) { bodies = append(bodies, bytes.Clone(body)) },
		Events: func(e *sim.Event) { h.events = append(h.events, *e) },
	})
	if err != nil {
		return h, err
	}
	h.posts = map[int64][]map[string]any{}
	for _, e := range h.events {
		stored, at := e.Stored, e.StoredAt
		switch {
		case e.Kind == trace.KindPost:
			var copies []map[string]any
			require.NoError(t, json.Unmarshal(bodies[len(h.posts)], &copies))
			require.Len(t, copies, e.N)
			h.posts[e.Seq] = copies
		case e.Kind == trace.KindFaultBegin && strings.HasPrefix(e.Note, "restart"):
			h.changes = append(h.changes, change{at: e.At, address: e.Alertmanagers[0], restarts: true})
		case e.Kind == trace.KindLate:
			stored, at = e.N, e.At
		}
		if stored > 0 {
			require.Contains(t, h.posts, e.Cause)
			h.changes = append(h.changes, change{at: at, address: e.Alertmanagers[0], copies: h.posts[e.Cause][:stored]})
		}
	}
	require.Len(t, h.posts, len(bodies))
	slices.SortStableFunc(h.changes, func(a, b change) int { return cmp.Compare(a.at, b.at) })
	return h, nil
}

// labelsOf returns the labels of a copy.
func labelsOf(t testing.TB, copied map[string]any) map[string]string {
	set := map[string]string{}
	for name, v := range copied["labels"].(map[string]any) {
		s, ok := v.(string)
		require.True(t, ok)
		set[name] = s
	}
	return set
}

// A firingAlert is an alert of a run, as a person sees it.
type firingAlert struct {
	fires []span
	// meant reports whether the alert is meant for the Alertmanager at an address, or if that is "" for any.
	meant func(address string) bool
	// known returns when the Alertmanager at an address knew it.
	known func(address string) []span
}

// A sum is a number of times, their total and the longest.
type sum struct {
	count, endless int64
	total, longest time.Duration
}

func (s *sum) add(d time.Duration) {
	s.count, s.total, s.longest = s.count+1, s.total+d, max(s.longest, d)
}

// A plainAccount is an account of alerts that is computed alert by alert and span by span.
type plainAccount struct {
	alerts, missed, falselyResolved       int64
	first, uncovered, falseResolves, late sum
}

// plainAccounts returns the accounts at each address and, under ledger.Any, at any of them.
func plainAccounts(alerts []firingAlert, addresses []string, end time.Duration) map[string]plainAccount {
	all := map[string]plainAccount{}
	for _, address := range append([]string{ledger.Any}, addresses...) {
		var a plainAccount
		for _, f := range alerts {
			known, meant := addresses, f.meant("")
			if address != ledger.Any {
				known, meant = []string{address}, f.meant(address)
			}
			if !meant {
				continue
			}
			var spans []span
			for _, k := range known {
				spans = append(spans, f.known(k)...)
			}
			a.add(joined(f.fires, end), joined(spans, end), end)
		}
		all[address] = a
	}
	return all
}

// joined sorts spans, cuts them at the end and joins those that touch or overlap.
func joined(spans []span, end time.Duration) []span {
	var list []span
	for _, s := range slices.SortedFunc(slices.Values(spans), func(a, b span) int { return cmp.Compare(a.from, b.from) }) {
		s.to = min(s.to, end)
		switch n := len(list); {
		case s.from >= s.to:
		case n > 0 && s.from <= list[n-1].to:
			list[n-1].to = max(list[n-1].to, s.to)
		default:
			list = append(list, s)
		}
	}
	return list
}

// within returns the parts of spans that are in s.
func within(s span, spans []span) []span {
	var list []span
	for _, k := range spans {
		if k.from, k.to = max(k.from, s.from), min(k.to, s.to); k.from < k.to {
			list = append(list, k)
		}
	}
	return list
}

// add adds an alert that fires and is known in these spans; each time that it fires is an alert of its own.
func (a *plainAccount) add(fires, known []span, end time.Duration) {
	for i, f := range fires {
		a.alerts++
		next := end
		if i+1 < len(fires) {
			next = fires[i+1].from
		}
		var late time.Duration
		for _, k := range within(span{f.to, next}, known) {
			late += k.to - k.from
		}
		a.late.add(late)
		covered := within(f, known)
		if len(covered) == 0 {
			a.missed++
			a.first.endless++
			a.uncovered.add(f.to - f.from)
			continue
		}
		uncovered := covered[0].from - f.from
		a.first.add(uncovered)
		resolved := int64(0)
		for k, c := range covered {
			until := f.to
			if k+1 < len(covered) {
				until = covered[k+1].from
			}
			if gap := until - c.to; gap >= time.Millisecond {
				resolved = 1
				uncovered += gap
				a.falseResolves.add(gap)
			}
		}
		a.falselyResolved += resolved
		a.uncovered.add(uncovered)
	}
}

// plain returns an account of a run in the form of a plainAccount.
func plain(a ledger.AlertAccount) plainAccount {
	of := func(t ledger.AlertTimes) sum { return sum{t.Count(), t.Endless, time.Duration(t.Total()), t.Max()} }
	return plainAccount{
		a.Alerts, a.Missed, a.FalselyResolved, of(a.FirstDelivery), of(a.Uncovered), of(a.FalseResolves), of(a.LateResolve),
	}
}

// plainOf returns the accounts of a run in the form of plainAccounts.
func plainOf(res *sim.Result) map[string]plainAccount {
	all := map[string]plainAccount{ledger.Any: plain(res.Accounts.Any)}
	for address, a := range res.Accounts.Alertmanagers {
		all[address] = plain(a)
	}
	return all
}
