package fakeam

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// formatChanges formats changes as in "70 late 0-2, 70 falsely_resolves 0-2".
func formatChanges(changes []Change) string {
	var list []string
	for _, c := range changes {
		s := fmt.Sprintf("%d %s %d", c.At, c.Kind, c.First)
		if c.N > 1 {
			s += fmt.Sprintf("-%d", c.First+c.N-1)
		}
		list = append(list, s)
	}
	return strings.Join(list, ", ")
}

func TestAlertStates(t *testing.T) {
	var e AlertStates
	put := func(now int64, b AlertRange) string { return formatChanges(e.Put(now, &b)) }
	firing := func(first, n int, ends int64) AlertRange {
		return AlertRange{First: first, N: n, EndsAt: ends, SourceEnd: 1000}
	}

	require.Equal(t, "10 fires 0-9", put(10, firing(0, 10, 250)))
	require.Equal(t, "", put(70, firing(0, 10, 310)))
	require.Equal(t, "", put(80, firing(0, 2, 250)), "an older copy with an end in the future: the later end is kept")
	require.Equal(t, "260 late 0-1, 260 falsely_resolves 0-1", put(260, firing(0, 2, 250)))
	require.Equal(t, "270 refires 0-1", put(270, firing(0, 2, 500)))
	require.Equal(t, int64(250), e.NextExpiry())
	require.Empty(t, e.Expire(309))
	require.Equal(t, int64(310), e.NextExpiry())
	require.Equal(t, "310 falsely_resolves 2-9", formatChanges(e.Expire(400)))
	require.Equal(t, "410 refires 2, 410 late 3", put(410, firing(2, 1, 600))+", "+put(410, firing(3, 1, 405)))
	require.Equal(t, "500 falsely_resolves 0, 510 late 0", put(510, firing(0, 1, 505)), "before Expire reports it")
	require.Equal(t, "500 falsely_resolves 1, 600 falsely_resolves 2", formatChanges(e.Expire(900)))

	require.Equal(t, "900 refires 4", put(900, firing(4, 1, 1200)))
	resolved := AlertRange{First: 4, N: 1, EndsAt: 1000, SourceEnd: 1000, Resolved: true}
	require.Equal(t, "1000 resolves 4", put(1000, resolved))
	require.Equal(t, "1010 resurrects 4", put(1010, firing(4, 1, 1200)), "a late duplicate")
	require.Equal(t, "1200 resolves 4", formatChanges(e.Expire(5000)))
	open := AlertRange{First: 4, N: 1, StartsAt: 4000, EndsAt: 6000, SourceEnd: Never}
	require.Equal(t, "5000 fires 4", put(5000, open))
	e.EndAtSource(5500, 4, 100)
	require.Equal(t, "6000 resolves 4", formatChanges(e.Expire(6000)))
	require.Equal(t, AlertCounts{
		Received: 33, Unique: 10, Duplicates: 23,
		Fired: 11, Resolved: 3, Late: 4, FalseResolves: 13, Refires: 4, Resurrections: 1,
	}, e.Counts)
}

func TestAlertStatesTimeoutAndRestart(t *testing.T) {
	e := AlertStates{ResolveTimeout: 100}
	require.Equal(t, "10 fires 0", formatChanges(e.Put(10, &AlertRange{N: 1, EndsAt: Never, SourceEnd: Never})))
	require.True(t, e.IsFiring(109, 0))
	require.False(t, e.IsFiring(110, 0))
	require.False(t, e.IsFiring(50, 1))
	e.Restart(50)
	require.Zero(t, e.Counts.Firing)
	require.Equal(t, Never, e.NextExpiry())
	require.Empty(t, e.Expire(10_000))
	require.Equal(t, "10000 fires 0", formatChanges(e.Put(10_000, &AlertRange{N: 1, EndsAt: 20_000, SourceEnd: Never})))
	require.Equal(t, int64(1), e.Counts.Duplicates)
	require.Empty(t, e.Put(10_000, &AlertRange{First: 5, N: 0}))
	require.Equal(t, "unknown", ChangeKind(99).String())
}

// AlertStates and Store follow the same rules: given the same alerts, the same alerts fire, with the same times.
func TestAlertStatesAgreeWithStore(t *testing.T) {
	const sets = 3
	rapid.Check(t, func(t *rapid.T) {
		e := AlertStates{ResolveTimeout: int64(40 * time.Second), GCInterval: int64(100 * time.Second)}
		s := NewStore(StoreOptions{ResolveTimeout: 40 * time.Second, GCInterval: 100 * time.Second, Start: epoch})
		seconds := func(low, high int, what string) int64 {
			return int64(rapid.IntRange(low, high).Draw(t, what)) * second
		}
		var now int64
		for range rapid.IntRange(1, 40).Draw(t, "posts") {
			now += seconds(0, 60, "wait")
			b := AlertRange{First: rapid.IntRange(0, sets-1).Draw(t, "first"), SourceEnd: Never}
			b.N = rapid.IntRange(1, sets-b.First).Draw(t, "n")
			b.StartsAt = max(0, now-seconds(0, 150, "age"))
			b.EndsAt = Never
			if rapid.IntRange(0, 4).Draw(t, "has an end") > 0 {
				b.EndsAt = max(b.StartsAt, now+seconds(-60, 90, "ends in"))
			}
			e.Put(now, &b)
			for i := b.First; i < b.First+b.N; i++ {
				a := labelled("i", fmt.Sprint(i))
				a.StartsAt = epoch.Add(time.Duration(b.StartsAt))
				if b.EndsAt != Never {
					a.EndsAt = epoch.Add(time.Duration(b.EndsAt))
				}
				require.NoError(t, s.Put(epoch.Add(time.Duration(now)), a)[0].Err)
			}
			if rapid.Bool().Draw(t, "expire") {
				e.Expire(now)
			}
			for i := range sets {
				got := s.alerts[labelled("i", fmt.Sprint(i)).Fingerprint()]
				if got == nil {
					require.False(t, e.IsFiring(now, i))
					continue
				}
				require.Equal(t, got.EndsAt.Sub(epoch), time.Duration(e.state(i).ends))
				require.Equal(t, got.StartsAt.Sub(epoch), time.Duration(e.state(i).starts))
				require.Equal(t, got.EndsAt.After(epoch.Add(time.Duration(now))), e.IsFiring(now, i))
				require.Equal(t, got.Timeout, e.state(i).timeout)
			}
		}
		e.Expire(now)
		c := e.Counts
		firing := int64(s.CountActive(epoch.Add(time.Duration(now) + 1)))
		require.Equal(t, firing, c.Firing)
		require.Equal(t, firing, c.Fired+c.Refires+c.Resurrections-c.Resolved-c.FalseResolves)
		require.Equal(t, c.Received, c.Unique+c.Duplicates)
	})
}

// Splitting a range of alerts changes no count, and NextExpiry is never later than an expiry.
func TestAlertStatesOfSplitRanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var whole, parts AlertStates
		var now int64
		const n = 600
		for range rapid.IntRange(1, 20).Draw(t, "posts") {
			next := now + int64(rapid.IntRange(1, 100).Draw(t, "wait"))
			for due := parts.NextExpiry(); due < next; due = parts.NextExpiry() {
				for _, c := range parts.Expire(due) {
					require.Equal(t, due, c.At, "on time")
				}
			}
			now = next
			b := AlertRange{
				N: n, StartsAt: now - 50, EndsAt: now + int64(rapid.IntRange(-50, 200).Draw(t, "ends")),
				SourceEnd: now + int64(rapid.IntRange(0, 100).Draw(t, "source end")),
			}
			whole.Put(now, &b)
			at := rapid.IntRange(0, n).Draw(t, "split")
			first, rest := b, b
			first.N, rest.First, rest.N = at, at, n-at
			parts.Put(now, &first)
			parts.Put(now, &rest)
		}
		whole.Expire(now)
		parts.Expire(now)
		require.Equal(t, whole.Counts, parts.Counts)
		for i := range n {
			require.Equal(t, whole.state(i), parts.state(i))
		}
	})
}

func TestAlertStatesAllocateNothing(t *testing.T) {
	var e AlertStates
	now := int64(0)
	step := func() {
		now += int64(time.Minute)
		e.Put(now, &AlertRange{N: 5000, EndsAt: now + int64(4*time.Minute), SourceEnd: Never})
		e.Expire(now)
		e.Put(now+1, &AlertRange{First: 100, N: 64, EndsAt: now, SourceEnd: Never})
	}
	step()
	step()
	require.Zero(t, testing.AllocsPerRun(100, step))
}

func BenchmarkAlertStates(b *testing.B) {
	for _, c := range []struct {
		name string
		ends time.Duration // end of the alerts, after now
	}{{"resend", 4 * time.Minute}, {"late", -time.Second}, {"expired and refired", 30 * time.Second}} {
		b.Run(c.name, func(b *testing.B) {
			var e AlertStates
			const n = 5000
			now := int64(0)
			b.ReportAllocs()
			for b.Loop() {
				now += int64(time.Minute)
				e.Expire(now)
				for first := 0; first < n; first += 64 {
					e.Put(now, &AlertRange{First: first, N: 64, EndsAt: now + int64(c.ends), SourceEnd: Never})
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/alert")
		})
	}
}

func BenchmarkStorePut(b *testing.B) {
	s := NewStore(StoreOptions{})
	alerts := make([]*alert.Alert, 5000)
	for i := range alerts {
		alerts[i] = &alert.Alert{Alert: model.Alert{Labels: model.LabelSet{
			"alertname": "InstanceDown", "instance": model.LabelValue(fmt.Sprint(i)),
			"job": "node", "severity": "page", "cluster": "eu1",
		}}}
	}
	now := epoch
	b.ReportAllocs()
	for b.Loop() {
		now = now.Add(time.Minute)
		for _, a := range alerts {
			a.StartsAt, a.EndsAt = epoch, now.Add(4*time.Minute)
		}
		s.Put(now, alerts...)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(alerts)), "ns/alert")
}
