package fakeam

import (
	"testing"
	"time"

	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/common/model"
	"github.com/stretchr/testify/require"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// after returns the time d seconds after epoch.
func after(d float64) time.Time { return epoch.Add(time.Duration(d * float64(time.Second))) }

// newAlert returns the alert A from after(starts) to after(ends). An ends of 0 means that it has no end.
func newAlert(starts, ends float64, note string) *alert.Alert {
	a := &alert.Alert{Alert: model.Alert{
		Labels:      model.LabelSet{"alertname": "A"},
		Annotations: model.LabelSet{"note": model.LabelValue(note)},
		StartsAt:    after(starts),
	}}
	if ends != 0 {
		a.EndsAt = after(ends)
	}
	return a
}

func labelled(pairs ...string) *alert.Alert {
	set := model.LabelSet{}
	for i := 0; i < len(pairs); i += 2 {
		set[model.LabelName(pairs[i])] = model.LabelValue(pairs[i+1])
	}
	return alert.New(model.Alert{Labels: set}, time.Time{}, false)
}

// The expected fingerprints are those of Alertmanager v0.35.0.
func TestFingerprints(t *testing.T) {
	for want, pairs := range map[string][]string{
		"3fff2c2d7595e046": {"foo", "bar"},
		"d2c6efc389df0927": {"alertname", "A"},
		"caaaffbd9ccf039f": {"alertname", "A", "i", "1"},
		"3545b905e7f12852": {"alertname", "Zero"},
	} {
		require.Equal(t, want, labelled(pairs...).Fingerprint().String())
	}
}

func TestPutReplacesOrMerges(t *testing.T) {
	type post struct {
		at, starts, ends float64 // an ends of 0 means no end
	}
	for _, c := range []struct {
		name         string
		posts        []post
		outcome      PutOutcome // for the last alert
		active       bool       // whether the last alert fires
		starts, ends float64
	}{
		{"first", []post{{10, 0, 250}}, Stored, true, 0, 250},
		{"normal resend", []post{{10, 0, 250}, {70, 0, 310}}, Replaced, true, 0, 310},
		{"same again", []post{{10, 0, 250}, {10, 0, 250}}, Replaced, true, 0, 250},
		{"older copy that ends in the future", []post{{70, 0, 310}, {80, 0, 250}}, Merged, true, 0, 310},
		{"past end resolves", []post{{10, 0, 250}, {70, 0, 60}}, Merged, false, 0, 60},
		{"end before the stored start resolves", []post{{60, 50, 250}, {70, 0, 40}}, Replaced, false, 0, 40},
		{"end at the stored start resolves", []post{{60, 50, 250}, {70, 0, 50}}, Replaced, false, 0, 50},
		{"fires again after it was resolved", []post{{10, 0, 250}, {70, 0, 60}, {80, 0, 320}}, Replaced, true, 0, 320},
		{"timeout, then an explicit shorter end", []post{{10, 5, 0}, {20, 0, 100}}, Merged, true, 0, 100},
		{"explicit, then a shorter timeout", []post{{10, 0, 610}, {20, 5, 0}}, Merged, true, 0, 610},
		{"explicit, then a longer timeout", []post{{10, 0, 100}, {20, 0, 0}}, Replaced, true, 0, 320},
		{"a first copy that has ended", []post{{100, 0, 50}}, Stored, false, 0, 50},
		{"starts after the stored end", []post{{10, 0, 50}, {100, 60, 300}}, Replaced, true, 60, 300},
		{"starts at the stored end", []post{{10, 0, 50}, {100, 50, 300}}, Replaced, true, 50, 300},
		{"starts before the stored end", []post{{10, 0, 50}, {100, 40, 300}}, Merged, true, 0, 300},
		{"of two ends in the past the later", []post{{100, 0, 90}, {110, 0, 80}}, Merged, false, 0, 90},
		{"removed by garbage collection at 30 minutes", []post{{10, 0, 50}, {1801, 40, 2000}}, Stored, true, 40, 2000},
		{"resolved at the time of garbage collection", []post{{10, 0, 1800}, {1800, 40, 2000}}, Stored, true, 40, 2000},
		{"still firing at garbage collection", []post{{10, 0, 1801}, {1802, 40, 2000}}, Merged, true, 0, 2000},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := NewStore(StoreOptions{Start: epoch})
			var got PutResult
			var note string
			for i, p := range c.posts {
				note = string(rune('a' + i))
				got = s.Put(after(p.at), newAlert(p.starts, p.ends, note))[0]
			}
			require.NoError(t, got.Err)
			require.Equal(t, c.outcome.String(), got.Outcome.String())
			now := after(c.posts[len(c.posts)-1].at)
			require.Equal(t, c.active, len(s.Active(now)) == 1)
			require.Equal(t, 1, s.Len())
			for _, a := range s.alerts {
				require.Equal(t, after(c.starts), a.StartsAt)
				require.Equal(t, after(c.ends), a.EndsAt)
				require.Equal(t, note, string(a.Annotations["note"]), "the annotations are those of the last alert")
				require.Equal(t, now, a.UpdatedAt)
			}
		})
	}
}

func TestPutCompletes(t *testing.T) {
	now := after(10)
	for _, c := range []struct{ a, want *alert.Alert }{
		{labelled("a", "b"), &alert.Alert{Alert: model.Alert{StartsAt: now, EndsAt: now.Add(time.Minute)}, Timeout: true}},
		{&alert.Alert{Alert: model.Alert{Labels: model.LabelSet{"a": "b"}, EndsAt: after(20)}},
			&alert.Alert{Alert: model.Alert{StartsAt: after(20), EndsAt: after(20)}}},
		{&alert.Alert{Alert: model.Alert{Labels: model.LabelSet{"a": "b", "gone": ""}, StartsAt: after(5)}},
			&alert.Alert{Alert: model.Alert{StartsAt: after(5), EndsAt: now.Add(time.Minute)}, Timeout: true}},
	} {
		s := NewStore(StoreOptions{ResolveTimeout: time.Minute})
		require.NoError(t, s.Put(now, c.a)[0].Err)
		c.want.Labels = model.LabelSet{"a": "b"}
		require.Equal(t, []*alert.Alert{alert.New(c.want.Alert, now, c.want.Timeout)}, s.Active(now))
	}
}

func TestPutRejects(t *testing.T) {
	s := NewStore(StoreOptions{})
	late := newAlert(301, 0, "")
	noted := labelled("a", "b")
	noted.Annotations = model.LabelSet{"": "x"}
	got := s.Put(epoch, newAlert(1, 2, ""), newAlert(2, 1, ""), late, labelled(), labelled("a", ""), labelled("", "x"),
		labelled("a", "\xff"), noted, newAlert(5, 5, ""))
	var errs []string
	for _, r := range got {
		if r.Err != nil {
			require.Equal(t, Invalid, r.Outcome)
			errs = append(errs, r.Err.Error())
		}
	}
	require.Equal(t, []string{
		"start time must be before end time", "start time must be before end time",
		"at least one label pair required", "at least one label pair required",
		`invalid label set: invalid name ""`, `invalid label set: invalid value "\xff"`,
		`invalid annotations: invalid name ""`,
	}, errs)
	require.Equal(t, int64(7), s.Invalid)
	require.Equal(t, int64(9), s.Firing+s.Resolved)
	require.Equal(t, 1, s.Len())

	classic := NewStore(StoreOptions{ClassicNames: true})
	require.EqualError(t, classic.Put(epoch, labelled("k8s.pod", "x"))[0].Err, `invalid label set: invalid name "k8s.pod"`)
	require.NoError(t, s.Put(epoch, labelled("k8s.pod", "x"))[0].Err)
}

func TestActive(t *testing.T) {
	s := NewStore(StoreOptions{})
	for _, i := range []string{"1", "2", "3", "4", "5"} {
		a := labelled("alertname", "A", "i", i)
		a.StartsAt, a.EndsAt = epoch, after(100)
		s.Put(after(1), a)
	}
	var last model.Fingerprint
	for _, a := range s.Active(after(100)) { // including alerts that end at this time
		require.Less(t, last, a.Fingerprint())
		last = a.Fingerprint()
	}
	require.Len(t, s.Active(after(100)), 5)
	require.Empty(t, s.Active(after(100).Add(1)))
	require.Equal(t, 5, s.Len())
	s.GC(after(100))
	require.Zero(t, s.Len())
}

func TestPerAlertname(t *testing.T) {
	s := NewStore(StoreOptions{PerAlertname: 2, Start: epoch})
	put := func(at float64, i string, ends float64) PutOutcome {
		a := labelled("alertname", "A", "i", i)
		a.StartsAt, a.EndsAt = epoch, after(ends)
		return s.Put(after(at), a)[0].Outcome
	}
	require.Equal(t, Stored, put(1, "1", 100))
	require.Equal(t, Stored, put(1, "2", 200))
	require.Equal(t, Limited, put(1, "3", 300))
	require.Equal(t, Replaced, put(2, "1", 110))
	require.Equal(t, Limited, put(110, "3", 300), "the first alert ends now, which is not before now")
	require.Equal(t, Stored, put(111, "3", 300), "it replaces the first alert")
	require.Equal(t, Limited, put(112, "1", 400), "the first alert is no longer counted, so this one is new")
	require.Equal(t, int64(3), s.Limited)
	require.Equal(t, 3, s.Len())
	other := labelled("alertname", "B")
	require.Equal(t, Stored, s.Put(after(112), other)[0].Outcome)
}

func TestMaxAlerts(t *testing.T) {
	s := NewStore(StoreOptions{MaxAlerts: 1})
	got := s.Put(epoch, labelled("a", "1"), labelled("a", "2"), labelled("a", "1"))
	require.Equal(t, []PutResult{{Stored, nil}, {Full, ErrFull}, {Replaced, nil}}, got)
}

func TestReset(t *testing.T) {
	s := NewStore(StoreOptions{Start: epoch, MaxAlerts: 7})
	s.Put(after(1), labelled("a", "1"))
	s.Reset(after(2))
	require.Equal(t, NewStore(StoreOptions{Start: after(2), MaxAlerts: 7}), s)
}

func TestPutOutcomeNames(t *testing.T) {
	for o, want := range []string{"stored", "replaced", "merged", "limited", "invalid", "full", "unknown"} {
		require.Equal(t, want, PutOutcome(o).String())
	}
}
