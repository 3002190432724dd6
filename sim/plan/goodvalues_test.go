package plan_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/sim/plan"
)

var update = flag.Bool("update", false, "write the table of docs/explanation/good-values.md")

// The table of docs/explanation/good-values.md has the advice for common sizes and outages.
func TestGoodValues(t *testing.T) {
	const page, begin, end = "../../docs/explanation/good-values.md", "<!-- values -->\n", "<!-- end of values -->\n"
	var b strings.Builder
	b.WriteString("| alerts | Alertmanagers | one of them | release | advice | unknown, alert-minutes | drop-free |\n" +
		"|--:|--:|---|---|---|--:|--:|\n")
	for _, alerts := range []int{10, 1000, 10_000} {
		for _, alertmanagers := range []int{1, 3} {
			for _, state := range []string{"well", "slow", "hung"} {
				for _, p := range goodValue(t, alerts, alertmanagers, state).Plans {
					b.WriteString(goodValueRow(p, alerts, alertmanagers, state))
				}
			}
		}
	}
	old, err := os.ReadFile(page)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(old), begin)
	_, after, foundEnd := strings.Cut(rest, end)
	require.True(t, found && foundEnd, "the page has no place for the table")
	if text := before + begin + b.String() + end + after; *update {
		require.NoError(t, os.WriteFile(page, []byte(text), 0o644))
	} else {
		require.Equal(t, string(old), text, "write the page with go test ./sim/plan -run TestGoodValues -update")
	}
}

// goodValue returns the plans for v2.53 and v3.16.
func goodValue(t *testing.T, alerts, alertmanagers int, state string) *plan.Answer {
	t.Helper()
	s := plan.QuickScenario{
		Alerts: alerts, Rules: min(alerts/10, 10), Interval: time.Minute, Alertmanagers: alertmanagers,
		Latency: 20 * time.Millisecond, Outage: "hang 15m",
	}
	text, err := s.Scenario()
	require.NoError(t, err)
	switch state {
	case "well":
		text = text[:strings.Index(text, "    timeline:")]
	case "slow":
		text = strings.Replace(text, "{hang: true}", "{slow_body: 5s}", 1)
	}
	q := question(t, "value.yml", text)
	q.Releases = []string{"v2.53", "v3.16"}
	return answer(t, q)
}

func goodValueRow(p *plan.Plan, alerts, alertmanagers int, state string) string {
	minutes := func(o plan.Outcome) string {
		return text.Thousands(int64(time.Duration(o.Any.Uncovered).Round(time.Minute) / time.Minute))
	}
	unknown := minutes(p.Advice.Now)
	if p.Advice.Change != plan.ChangeNothing {
		unknown += " → " + minutes(p.Advice.Then)
	}
	setting := "`" + p.Advice.Setting + "`"
	switch p.Advice.Change {
	case plan.ChangeNothing:
		setting = "no change"
	case plan.ChangeRemoval:
		setting = "without " + p.Advice.Setting
	case plan.ChangeRelease:
		setting = p.Advice.Setting
	}
	return fmt.Sprintf("| %s | %d | %s | %s | %s | %s | %s |\n", text.Thousands(alerts), alertmanagers, state, p.Release,
		setting, unknown, text.Thousands(p.Needed))
}
