package fakeam

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Each Alertmanager replays a trace file in order, and starts again after the last time.
func TestReplay(t *testing.T) {
	f, errs := ParseTraceFile("slow.txt", []byte("\ufeff# of a proxy\r\n12ms\r\n\n  1s # a pause\n0s"))
	require.Empty(t, errs)
	require.Equal(t, 3, f.Len())
	d := Replay(f)
	require.NoError(t, d.Validate())
	require.Equal(t, `{trace: "slow.txt"}`, d.String())
	require.False(t, d.IsRandom())
	require.Equal(t, 12*ms, d.Median())
	require.Equal(t, 6*ms, d.Scale(0.5).Median())
	a, b := New("am-a:9093", Behaviour{Latency: d}, 1), New("am-b:9093", Behaviour{Latency: d.Scale(2)}, 7)
	for i, want := range []time.Duration{12 * ms, time.Second, 0, 12 * ms, time.Second, 0, 12 * ms} {
		require.Equal(t, int64(want), a.Decide(0, 1).At, "request %d", i)
		if i%2 == 0 { // b replays the file independently of a
			require.Equal(t, 2*int64([]time.Duration{12 * ms, time.Second, 0}[i/2%3]), b.Decide(0, 1).At, "request %d", i)
		}
	}
	again, _ := ParseTraceFile("slow.txt", []byte("12ms\n1s\n0s"))
	other, _ := ParseTraceFile("slow.txt", []byte("12ms\n1s\n1s"))
	require.True(t, d.Equal(Replay(again)))
	require.False(t, d.Equal(Replay(other)))
	require.Zero(t, testing.AllocsPerRun(100, func() { a.Decide(0, 1) }))
}

func TestTraceFileErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "1:1: there is no duration; write durations such as 20ms, one per line",
		"# 1s\n\n":                    "1:1: there is no duration; write durations such as 20ms, one per line",
		"1s\nsoon # or later":         `2:1: "soon" is not a duration; write one duration per line, such as 20ms`,
		"é\n":                         `1:1: "é" is not a duration; write one duration per line, such as 20ms`,
		"1s\n\t-1ns":                  "2:2: -1ns is outside 0s to 1h; write a time in that range",
		"3601s":                       "1:1: 3601s is outside 0s to 1h; write a time in that range",
		"\x1b[2J":                     `1:1: "�[2J" is not a duration; write one duration per line, such as 20ms`,
		strings.Repeat("1s\n", 1e5+1): "100001:1: there are more than 100000 durations; remove this one and all that follow",
	} {
		_, errs := ParseTraceFile("slow.txt", []byte(text))
		require.Len(t, errs, 1)
		require.Equal(t, want, fmt.Sprintf("%d:%d: %s", errs[0].Line, errs[0].Col, errs[0].Msg))
	}
	_, errs := ParseTraceFile("slow.txt", []byte(strings.Repeat("x\n", 5000)))
	require.Len(t, errs, maxTraceErrors)
}
