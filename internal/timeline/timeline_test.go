package timeline_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/internal/timeline"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/ledger"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

func run(t testing.TB, f *scenarios.File, test *scenarios.Test, rel *core.Release) (*timeline.Timeline, *sim.Result) {
	var rec timeline.Recorder
	res, err := sim.Run(f, test, rel, test.Seeds.From, sim.Options{Events: rec.Event, Uncovered: true})
	require.NoError(t, err)
	return rec.Timeline(f, test, rel, res), res
}

// page returns the data that is embedded in the HTML page, and the whole page as text.
func page(t *testing.T, tl *timeline.Timeline) (*timeline.Page, string) {
	var b bytes.Buffer
	require.NoError(t, tl.HTML(&b))
	m := regexp.MustCompile(`(?s)<script type="application/json" id="data">(.*?)</script>`).FindStringSubmatch(b.String())
	require.NotNil(t, m)
	var p timeline.Page
	require.NoError(t, json.Unmarshal([]byte(m[1]), &p))
	return &p, b.String()
}

// The golden files show the text for a few runs.
func TestText(t *testing.T) {
	file, err := scenarios.Load(filepath.Join("testdata", "outage.yml"))
	require.NoError(t, err)
	for _, width := range []int{100, 160} {
		var b bytes.Buffer
		for _, test := range file.Tests {
			for _, rel := range file.Releases {
				b.WriteString("=== " + test.Name + ", " + rel.Name + "\n")
				tl, _ := run(t, file, test, rel)
				require.NoError(t, tl.Text(&b, width, 0))
			}
		}
		for line := range strings.Lines(b.String()) {
			if strings.Contains(line, "│") {
				require.LessOrEqual(t, utf8.RuneCountInString(line), width+1, line)
			}
		}
		golden := filepath.Join("testdata", map[int]string{100: "outage.100.txt", 160: "outage.160.txt"}[width])
		if *update {
			require.NoError(t, os.WriteFile(golden, b.Bytes(), 0o644))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(string(want), b.String()))
	}
}

// The sums over a page are equal to the numbers of the ledger, for every run of the scenario library.
func TestPageAddsUp(t *testing.T) {
	for _, name := range scenarios.Library() {
		f, err := scenarios.LoadEmbedded(name)
		require.NoError(t, err)
		for _, test := range f.Tests {
			for _, rel := range f.Releases {
				if !test.For(rel) {
					continue
				}
				tl, res := run(t, f, test, rel)
				p, _ := page(t, tl)
				require.LessOrEqual(t, len(p.Alerts), 10_000)
				lanes := map[string]*timeline.Lane{}
				for _, l := range p.Lanes {
					lanes[l.Name] = l
				}
				together := rel.Queues == core.Shared
				for address, a := range res.Ledger.Alertmanagers {
					l := lanes[address]
					if l == nil {
						require.Zero(t, a.Requests+a.Dropped.Total(), "%s: %s", name, address)
						continue
					}
					for _, why := range core.Reasons() {
						n := total(l.Dropped[why.String()])
						if together { // Alertmanagers that have joined or left had some of the drops
							require.LessOrEqual(t, n, a.Dropped.Of(why), "%s %s: %s %v", name, rel.Name, address, why)
							continue
						}
						require.Equal(t, a.Dropped.Of(why), n, "%s %s: %s %v", name, rel.Name, address, why)
					}
					last := len(l.InFlight) - 1
					same := func(want int64, got int, what string) {
						// A point has the largest value of its step, so the last point equals the final value only if
						// the last step has no event.
						if time.Duration(res.End).Seconds() < p.End-p.Step {
							require.EqualValues(t, want, got, "%s %s: %s %s at the end", name, rel.Name, address, what)
						}
						require.GreaterOrEqual(t, int64(got), want, "%s %s: %s %s at the end", name, rel.Name, address, what)
					}
					same(a.InFlight, l.InFlight[last], "in flight")
					if !together {
						same(a.Queued, l.Queued[last], "queued")
					}
					for _, n := range l.Queued {
						require.LessOrEqual(t, n, f.Flags.QueueCapacity, "%s %s: %s", name, rel.Name, address)
						require.GreaterOrEqual(t, n, 0)
					}
				}
			}
		}
	}
}

func total(list []int) (n int64) {
	for _, x := range list {
		n += int64(x)
	}
	return n
}

// The page says when alerts were uncovered: the sums are those of the account of alerts, for every run of the scenario
// library, and where an Alertmanager knows every alert at once the curves are 0.
func TestPageSaysWhatIsUncovered(t *testing.T) {
	seen := map[bool]int{}
	for _, name := range scenarios.Library() {
		f, err := scenarios.LoadEmbedded(name)
		require.NoError(t, err)
		for _, test := range f.Tests {
			rel := f.Releases[len(f.Releases)-1]
			if !test.For(rel) {
				continue
			}
			tl, res := run(t, f, test, rel)
			p := tl.Page()
			for address, spans := range res.Uncovered {
				account := res.Accounts.Any
				if address != ledger.Any {
					account = res.Accounts.Alertmanagers[address]
				}
				sums := map[bool]int64{}
				for _, s := range spans {
					sums[s.FalselyResolved] += (s.To - s.From) * int64(s.N)
					seen[s.FalselyResolved]++
				}
				require.Equal(t, account.Uncovered.Total(), sums[false]+sums[true], "%s: %s", name, address)
				require.Equal(t, account.FalseResolves.Total(), sums[true], "%s: %s", name, address)
				i := slices.IndexFunc(p.Lanes, func(l *timeline.Lane) bool { return l.Name == address })
				if i < 0 {
					continue
				}
				l := p.Lanes[i]
				require.Equal(t, account.FalselyResolved > 0, slices.Max(l.FalselyResolved) > 0, "%s: %s", name, address)
				require.Equal(t, sums[false] > 0, slices.Max(l.Unknown) > 0, "%s: %s", name, address)
				require.LessOrEqual(t, int64(slices.Max(l.Unknown)), account.Alerts, "%s: %s", name, address)
			}
		}
	}
	require.Greater(t, seen[false], 20)
	require.Greater(t, seen[true], 20)
}

// The curves, the spans and the failures of a page are at the right times.
func TestPageOfAFailingRun(t *testing.T) {
	file, err := scenarios.Load(filepath.Join("testdata", "failing.yml"))
	require.NoError(t, err)
	tl, _ := run(t, file, file.Tests[0], file.Releases[0])
	p, _ := page(t, tl)
	require.Len(t, p.Failures, 2)
	require.Equal(t, timeline.Failure{
		Message: "testdata/failing.yml:18:73: am-b:9093: dropped queue_full 316 at 20m, want 0",
		Lane:    1, From: 20 * 60, To: 20 * 60,
	}, p.Failures[0])
	whole := p.Failures[1]
	require.Equal(t, [3]float64{1, 0, 40 * 60}, [3]float64{float64(whole.Lane), whole.From, whole.To})
	at := func(minute float64) int { return int(minute * 60 / p.Step) }
	b := p.Lanes[1]
	require.Equal(t, "am-b:9093", b.Name)
	require.Equal(t, []int{0, 300, 0, 0}, []int{b.Unknown[at(4)], b.Unknown[at(5)], b.Unknown[at(6)], b.Unknown[at(14)]})
	require.Equal(t, []int{0, 300, 300, 0}, []int{b.FalselyResolved[at(12)], b.FalselyResolved[at(14)],
		b.FalselyResolved[at(24)], b.FalselyResolved[at(26)]})
	require.Zero(t, slices.Max(p.Lanes[0].FalselyResolved))
	require.NotNil(t, p.Any)
	require.Equal(t, []int{300, 0}, []int{p.Any.Unknown[at(5)], slices.Max(p.Any.FalselyResolved)})
	i := slices.IndexFunc(p.Uncovered, func(u timeline.Uncovered) bool { return u.FalselyResolved })
	require.Equal(t, 1, p.Uncovered[i].Lane)
	require.Equal(t, 13*60.0, p.Uncovered[i].From)
}

// A fault is a Span of its lane, and the delays are equal to those of the ledger.
func TestPageOfAnOutage(t *testing.T) {
	file, err := scenarios.Load(filepath.Join("testdata", "outage.yml"))
	require.NoError(t, err)
	tl, res := run(t, file, file.Tests[0], file.Releases[1])
	p, text := page(t, tl)
	require.Equal(t, []timeline.Span{{From: 10 * 60, To: 25 * 60, What: "hang"}}, p.Lanes[1].Faults)
	require.Empty(t, p.Lanes[0].Faults)
	longest := 0.0
	for _, d := range p.Lanes[1].Delay {
		longest = max(longest, d)
	}
	require.Equal(t, res.Delivery["am-b:9093"].Max().Seconds(), longest)
	require.Len(t, p.Lanes[0].InFlight, 1000)
	require.Len(t, p.Alerts, 300)
	require.Contains(t, p.Summary, "am-b hung for 15m")
	// The page loads nothing: its policy forbids it, and it contains no address.
	require.Contains(t, text, `content="default-src 'none'; style-src 'sha256-`)
	loads := regexp.MustCompile(`(?i)\b(src|href|action)\s*=|@import|url\([^#]|fetch\(|XMLHttpRequest|WebSocket|import\(`)
	require.Empty(t, loads.FindAllString(text, -1))
	addresses := regexp.MustCompile(`https?://[^"' ]+`).FindAllString(strings.ReplaceAll(text, "http://am-", "am-"), -1)
	require.Equal(t, []string{"http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg"}, addresses)
}

// The name of a test is shown as text on the page, whatever its characters are.
func TestPageEscapes(t *testing.T) {
	f, err := scenarios.Parse("</script><b>.yml", []byte(`
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
tests: [{name: '</script><script>alert(1)</script>{{script}}', timeline: [{at: 0s, send: {alerts: '<b>[1-3]'}}]}]
`))
	require.NoError(t, err)
	tl, _ := run(t, f, f.Tests[0], core.Newest())
	p, text := page(t, tl)
	require.Equal(t, f.Tests[0].Name, p.Title)
	require.Equal(t, 2, strings.Count(text, "</script>"))
	require.NotContains(t, text, "<b>")
}

// The page of a large run is reduced to what a browser can show, and notes say so.
func TestPageIsBounded(t *testing.T) {
	f, err := scenarios.Parse("x.yml", []byte(`
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
flags: {alertmanager.notification-queue-capacity: 100000, alertmanager.notification-batch-size: 1}
tests: [{name: large, timeline: [{at: 0s, send: {alerts: 'a[1-30000]'}}]}]
`))
	require.NoError(t, err)
	tl, _ := run(t, f, f.Tests[0], core.Newest())
	p, text := page(t, tl)
	require.Len(t, p.Events, 20_000)
	require.Len(t, p.Alerts, 10_000)
	require.Len(t, p.Notes, 2)
	require.Less(t, len(text), 3<<20)
}
