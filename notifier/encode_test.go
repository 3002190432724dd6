package notifier

import (
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var encodings = []Encoding{EncodingV1, EncodingV2}

type testingT interface {
	require.TestingT
	Helper()
}

// requireSameAsPrometheus compares everything that e encodes for the alerts with what Prometheus encodes.
func requireSameAsPrometheus(t testingT, e Encoding, alerts ...*Alert) {
	t.Helper()
	want, wantErr := promBody(e, alerts)
	got, err := e.AppendAlerts([]byte("kept"), alerts)
	require.Equal(t, wantErr != nil, err != nil, "ours: %v, real: %v", err, wantErr)
	require.Equal(t, "kept"+string(want), string(got))

	var x Encoded
	firstErr := x.Encode(e, slices.Concat(alerts, alerts)) // overwritten below; it must leave no trace
	require.Equal(t, err, firstErr)
	require.Equal(t, err, x.Encode(e, alerts))
	require.Equal(t, len(alerts), x.Len())
	for from := range len(alerts) + 1 {
		for to := from; to <= len(alerts); to++ {
			want, err := promBody(e, alerts[from:to])
			require.Equal(t, err != nil, x.Err(from, to) != nil)
			if err == nil {
				require.Equal(t, string(want), "["+string(x.Range(from, to))+"]")
			}
		}
	}
	for _, a := range alerts {
		want, wantErr := promBody(e, []*Alert{a})
		got, err := e.AppendAlert([]byte("["), a)
		require.Equal(t, wantErr != nil, err != nil)
		if err == nil {
			require.Equal(t, string(want), string(got)+"]")
		} else {
			require.Equal(t, "[", string(got))
		}
	}
}

// Order of members, members that are left out when empty, and precision of times.
func TestEncodings(t *testing.T) {
	at := time.Date(2026, 11, 22, 11, 27, 15, 123_456_789, time.UTC)
	full := &Alert{
		Labels:       labels.FromStrings("alertname", "Down", "job", "node"),
		Annotations:  labels.FromStrings("summary", "<5 & \"up\"\u2028"),
		StartsAt:     at,
		EndsAt:       at.In(time.FixedZone("", 2*3600)),
		GeneratorURL: "http://p/g?a&b",
	}
	for _, tc := range []struct {
		encoding Encoding
		alert    *Alert
		want     string
	}{
		{
			EncodingV1, full,
			`{"labels":{"alertname":"Down","job":"node"},"annotations":{"summary":"\u003c5 \u0026 \"up\"\u2028"},` +
				`"startsAt":"2026-11-22T11:27:15.123456789Z","endsAt":"2026-11-22T13:27:15.123456789+02:00",` +
				`"generatorURL":"http://p/g?a\u0026b"}`,
		},
		{
			EncodingV2, full,
			`{"annotations":{"summary":"\u003c5 \u0026 \"up\"\u2028"},"endsAt":"2026-11-22T13:27:15.123+02:00",` +
				`"startsAt":"2026-11-22T11:27:15.123Z","generatorURL":"http://p/g?a\u0026b",` +
				`"labels":{"alertname":"Down","job":"node"}}`,
		},
		{
			EncodingV1, &Alert{},
			`{"labels":{},"annotations":{},"startsAt":"0001-01-01T00:00:00Z","endsAt":"0001-01-01T00:00:00Z"}`,
		},
		{
			EncodingV2, &Alert{},
			`{"endsAt":"0001-01-01T00:00:00.000Z","startsAt":"0001-01-01T00:00:00.000Z","labels":{}}`,
		},
		{
			EncodingV2, &Alert{Labels: labels.FromStrings("not UTF-8", "\xff", "é", "", "Z", "\b\f\x00\x7f\ufffd")},
			`{"endsAt":"0001-01-01T00:00:00.000Z","startsAt":"0001-01-01T00:00:00.000Z",` +
				`"labels":{"Z":"\b\f\u0000` + "\x7f\ufffd" + `","not UTF-8":"\ufffd","é":""}}`,
		},
	} {
		got, err := tc.encoding.AppendAlert(nil, tc.alert)
		require.NoError(t, err)
		require.Equal(t, tc.want, string(got))
		requireSameAsPrometheus(t, tc.encoding, tc.alert)
	}
	require.Equal(t, []string{"v1", "v2"}, []string{EncodingV1.String(), EncodingV2.String()})
}

var unusualStrings = []string{
	"", " ", "a", "ab", "abc", "abcd", "abcdefg", "abcdefgh", "abcdefghi", strings.Repeat("plain ", 50),
	"\x00", "\x1f", "\x7f", "\"", "\\", "/", "<", ">", "&", "'", "^|~", "\b\f\n\r\t\v",
	"1234567\n", "12345678\n", "\n2345678", "1234567812345<7812345678",
	"\u2027\u2028\u2029\u202a", "é", "世界", "😀", "\ufffd", "\u0080", "\U0010ffff",
	"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x80", "\xe2\x80\xa8\xe2\x80", "good\xf0\x9f\x98bad",
}

var unusualTimes = []time.Time{
	{}, time.Time{}.In(time.FixedZone("", -1)), time.Unix(0, 0), time.Unix(0, 0).UTC(),
	time.Date(2026, 1, 2, 3, 4, 5, 999_999_999, time.UTC),
	time.Date(2026, 1, 2, 3, 4, 5, 120_000_000, time.UTC),
	time.Date(2026, 1, 2, 3, 4, 5, 999, time.FixedZone("", 5*3600+30*60+15)),
	time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 24*3600-1)),
	time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", 24*3600)),
	time.Date(2026, 1, 2, 3, 4, 5, 0, time.FixedZone("", -100*3600)),
	time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC),
	time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC),
	time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC).In(time.FixedZone("", 60)),
	time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(-1, 12, 31, 23, 59, 59, 0, time.UTC),
	time.Date(-12345, 1, 1, 0, 0, 0, 1e6, time.UTC), time.Unix(math.MaxInt64-62135596801, 0), time.Unix(math.MinInt64, 0),
}

func TestEncodeNasty(t *testing.T) {
	for _, e := range encodings {
		for _, s := range unusualStrings {
			requireSameAsPrometheus(t, e, &Alert{
				Labels:       labels.FromStrings(s, s, s+"1", "", "x"+s, s),
				Annotations:  labels.FromStrings("a", s, "b", s+s),
				GeneratorURL: s,
			}, &Alert{GeneratorURL: s})
		}
		for i, at := range unusualTimes {
			requireSameAsPrometheus(t, e, &Alert{StartsAt: at})
			next := unusualTimes[(i+1)%len(unusualTimes)]
			requireSameAsPrometheus(t, e, &Alert{EndsAt: at}, &Alert{StartsAt: at, EndsAt: next})
		}
		requireSameAsPrometheus(t, e)
	}
}

// Testing two adjacent bytes is enough: a byte borrows from the next only if it is itself found.
func TestEscapeBits(t *testing.T) {
	odd := func(c int) bool { return c < ' ' || c >= 0x80 || strings.ContainsRune(`"&<>\^|~`, rune(c)) }
	for at := range 7 {
		for pair := range 0x10000 {
			word := []byte("aaaaaaaa")
			word[at], word[at+1] = byte(pair>>8), byte(pair)
			if want := odd(pair>>8) || odd(pair&0xff); want != (escapeBits(load8(string(word)))&highBits != 0) {
				t.Fatalf("%q: want %v", word, want)
			}
		}
	}
}

// Labels can be built unsorted. Prometheus puts them into a map, and so does the encoder.
func TestEncodeUnsortedLabels(t *testing.T) {
	for _, names := range [][]string{{"b", "a"}, {"a", "a"}, {"a", ""}, {"", ""}, {"a", "c", "b", "c"}, {"é", "z", "<"}} {
		b := labels.NewScratchBuilder(0)
		for i, name := range names {
			b.Add(name, strings.Repeat("v", i))
		}
		a := &Alert{Labels: b.Labels(), Annotations: b.Labels()}
		for _, e := range encodings {
			requireSameAsPrometheus(t, e, a, a)
		}
	}
}

func genText() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom(unusualStrings),
		rapid.StringMatching(`[ -~]{0,40}`),
		rapid.String(),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 20), func(b []byte) string { return string(b) }),
		rapid.Map(rapid.SliceOfN(rapid.SampledFrom(unusualStrings), 0, 5), func(s []string) string {
			return strings.Join(s, "")
		}),
	)
}

func genLabels() *rapid.Generator[labels.Labels] {
	return rapid.Map(rapid.MapOfN(genText(), genText(), 0, 6), labels.FromMap)
}

func genTime() *rapid.Generator[time.Time] {
	return rapid.OneOf(
		rapid.SampledFrom(unusualTimes),
		rapid.Custom(func(t *rapid.T) time.Time {
			s := rapid.Int64Range(-70_000_000_000, 300_000_000_000).Draw(t, "s")
			at := time.Unix(s, rapid.Int64Range(0, 999_999_999).Draw(t, "ns"))
			if rapid.Bool().Draw(t, "UTC") {
				return at.UTC()
			}
			return at.In(time.FixedZone("", rapid.IntRange(-90_000, 90_000).Draw(t, "offset")))
		}),
	)
}

func genAlert() *rapid.Generator[*Alert] {
	return rapid.Custom(func(t *rapid.T) *Alert {
		return &Alert{
			Labels:       genLabels().Draw(t, "labels"),
			Annotations:  genLabels().Draw(t, "annotations"),
			StartsAt:     genTime().Draw(t, "startsAt"),
			EndsAt:       genTime().Draw(t, "endsAt"),
			GeneratorURL: genText().Draw(t, "generatorURL"),
		}
	})
}

// Any alerts, and every batch of them, are encoded to the same bytes as by Prometheus.
func TestEncodeProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		alerts := rapid.SliceOfN(genAlert(), 0, 4).Draw(t, "alerts")
		for i, a := range alerts[min(1, len(alerts)):] { // give it some fields of the alert before
			if rapid.Bool().Draw(t, "sameStart") {
				a.StartsAt = alerts[i].StartsAt
			}
			if rapid.Bool().Draw(t, "sameEnd") {
				a.EndsAt = alerts[i].EndsAt
			}
			if rapid.Bool().Draw(t, "sameURL") {
				a.GeneratorURL = alerts[i].GeneratorURL
			}
		}
		requireSameAsPrometheus(t, rapid.SampledFrom(encodings).Draw(t, "encoding"), alerts...)
	})
}

func FuzzEncode(f *testing.F) {
	for i, s := range unusualStrings {
		at := unusualTimes[i%len(unusualTimes)]
		f.Add("a", s, s, "v", s, at.Unix(), int64(at.Nanosecond()), i*4000)
	}
	f.Fuzz(func(t *testing.T, name1, value1, name2, value2, text string, s, ns int64, offset int) {
		ls := labels.FromMap(map[string]string{name1: value1, name2: value2})
		at := time.Unix(s, ns).In(time.FixedZone("", offset%1_000_000))
		a := &Alert{Labels: ls, StartsAt: at, EndsAt: at.UTC(), GeneratorURL: text}
		a.Annotations = labels.FromStrings(value1, text)
		b := &Alert{Labels: ls, StartsAt: at, EndsAt: at.UTC(), GeneratorURL: text}
		for _, e := range encodings {
			requireSameAsPrometheus(t, e, a, b, &Alert{Labels: ls, EndsAt: at, GeneratorURL: text})
		}
	})
}

// A batch fails only because of its own alerts, not because of other alerts of the same send.
func TestEncodedErr(t *testing.T) {
	far := &Alert{Labels: labels.FromStrings("alertname", "Far"), EndsAt: time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)}
	near := &Alert{Labels: labels.FromStrings("alertname", "Near")}
	var x Encoded
	require.EqualError(t, x.Encode(EncodingV1, []*Alert{near, far, near, near}),
		`alert "Far": endsAt: Time.AppendText: year outside of range [0,9999]`)
	require.NoError(t, x.Err(0, 1))
	require.Error(t, x.Err(0, 2))
	require.NoError(t, x.Err(2, 4))
	require.True(t, json.Valid([]byte("["+string(x.Range(2, 4))+"]")))

	soon := &Alert{StartsAt: time.Unix(1, 0)} // has one time in common with near, none with far
	far.StartsAt, soon.EndsAt = soon.StartsAt.Add(1), soon.StartsAt
	near.StartsAt = soon.StartsAt
	requireSameAsPrometheus(t, EncodingV1, near, far, soon, far, near)

	require.NoError(t, x.Encode(EncodingV2, []*Alert{far}), "in API v2 any year is valid")
	require.Contains(t, string(x.Range(0, 1)), `"endsAt":"10000-01-01T00:00:00.000Z"`)
	require.Nil(t, x.Range(1, 1))
	require.Equal(t, len(x.Range(0, 1)), cap(x.Range(0, 1)), "appending to a range must not overwrite the next")
	require.Panics(t, func() { x.Range(0, 2) })
	require.Panics(t, func() { x.Range(-1, 1) })
}

func TestEncodeDoesNotAllocate(t *testing.T) {
	alerts := manyAlerts(256)
	for _, e := range encodings {
		var x Encoded
		var body []byte
		require.Zero(t, testing.AllocsPerRun(10, func() { _ = x.Encode(e, alerts) }))
		require.Zero(t, testing.AllocsPerRun(10, func() { body, _ = e.AppendAlerts(body[:0], alerts) }))
		require.Zero(t, testing.AllocsPerRun(10, func() { body, _ = e.AppendAlert(body[:0], alerts[0]) }))
	}
}
