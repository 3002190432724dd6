package recording_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios/internal/recording"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// read reads a recording. It returns its groups and the errors, both as text with one line each.
func read(text string, interval time.Duration) (groups, errs string, length time.Duration) {
	r := &strictyaml.Report{Path: "x.om"}
	got, length, _ := recording.Reader{
		Report: r, Path: "x.om", Pos: strictyaml.Pos{File: "x.yml", Line: 1, Col: 1}, Interval: interval, MaxValues: 1000,
		SpendAlert:  func(strictyaml.Pos, int64) bool { return true },
		SpendValues: func(strictyaml.Pos, int64) bool { return true },
	}.Read([]byte(text))
	var b strings.Builder
	for _, g := range got {
		fmt.Fprintf(&b, "%s %d ", g.Rule, len(g.Alerts))
		for _, on := range g.Firing {
			b.WriteString(map[bool]string{true: "1", false: "_"}[on])
		}
		b.WriteString("\n")
	}
	return b.String(), r.Errors().Error(), length
}

func TestReadGroupsAlertsThatFireTogether(t *testing.T) {
	groups, errs, length := read(`ALERTS{alertname="A",alertstate="firing",node="1"} 1 100
ALERTS{alertname="A",alertstate="firing",node="1"} 1 160
ALERTS{alertname="A",alertstate="firing",node="2"} 1 100
ALERTS{alertname="A",alertstate="firing",node="2"} 1 160
ALERTS{alertname="A",alertstate="pending",node="3"} 1 100
ALERTS{alertname="A",alertstate="firing",node="3"} 1 160
ALERTS{alertname="A",alertstate="firing",node="3"} 1 280
ALERTS{alertname="B",alertstate="firing"} 1 130
ALERTS_FOR_STATE{alertname="B"} 100 130
# EOF
`, time.Minute)
	require.Empty(t, errs)
	require.Equal(t, "A 2 11\nA 1 _1_1\nB 1 1\n", groups, "the first sample of B is assigned to the evaluation before it")
	require.Equal(t, 3*time.Minute, length)
}

func TestReadErrors(t *testing.T) {
	const firing = `ALERTS{alertname="A",alertstate="firing"} 1 `
	for text, want := range map[string]string{
		"# EOF\n":        "x.om:1:1: no alert fires in the recording; create the recording",
		firing + "100\n": "x.om:2:1: the recording does not end with # EOF, so a part is missing; use the complete file",
		firing + "100\n" + firing + "100\n# EOF\n": "x.om:2:1: the sample is not later than that of the " +
			"same series on line 1; sort the samples of a series by time",
		"up 1 100\n# EOF\n": `x.om:1:1: the metric of the series is "up", but a recording may only have ALERTS`,
		`ALERTS{alertname="A",alertstate="firing"} 2 100` + "\n# EOF\n": "x.om:1:1: the sample is 2, but the value of ALERTS",
		firing + "100\n" + firing + "130\n# EOF\n": `x.om:1:1: the samples of "A" are 30s apart, ` +
			"but `evaluation_interval` is 1m; write evaluation_interval: 30s",
		firing + "100\n" + firing + "100000\n# EOF\n": "x.yml:1:1: the recording has 1667 evaluations, " +
			"above the limit of 1000; shorten it, or write a longer `evaluation_interval`",
	} {
		groups, errs, _ := read(text, time.Minute)
		require.Empty(t, groups)
		require.True(t, strings.HasPrefix(errs, want), "%q: %s", text, errs)
	}
}
