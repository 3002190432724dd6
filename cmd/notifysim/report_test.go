package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestText(t *testing.T) {
	got := command("test", "testdata/passes.yml")
	require.Equal(t, exitPass, got.code)
	golden(t, "passes.txt", got)
}

func TestTextOfTheLibrary(t *testing.T) {
	got := command("test")
	require.Equal(t, exitPass, got.code, got.out)
	require.Empty(t, got.err)
	require.NotContains(t, got.out, "note:")
	for line := range strings.Lines(got.out) {
		require.LessOrEqual(t, len([]rune(line)), 120, "too wide: %s", line)
	}
	require.Regexp(t, `\n[0-9]+ runs of [0-9]+ tests in [0-9]+ files: [0-9]+ passed`, got.out)
}

func TestTextOfAFailure(t *testing.T) {
	got := command("test", "testdata/fails.yml")
	require.Equal(t, exitFailed, got.code)
	golden(t, "fails.txt", got)
}

// The command on the reproduce line of a failure repeats the failed run.
func TestReproduce(t *testing.T) {
	first := command("test", "testdata/fails.yml")
	lines := regexp.MustCompile(`(?m)^ +reproduce: (.*)$`).FindAllStringSubmatch(first.out, -1)
	require.Len(t, lines, 2)
	for _, m := range lines {
		again := command(words(t, m[1])[1:]...)
		require.Equal(t, exitFailed, again.code)
		require.Contains(t, again.out, "1 run of 1 test in 1 file: 1 failed")
		_, story, found := strings.Cut(again.out, "\n\n")
		require.True(t, found)
		story, _, _ = strings.Cut(story, m[0])
		require.Contains(t, first.out, story)
	}
}

// The command on the reproduce line has every --flag of the run, in order. Without them this test would pass.
func TestReproduceWithFlags(t *testing.T) {
	name := write(t, "full.yml", `
release: v3.16
config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}
tests:
  - name: a send of 20 alerts
    timeline: [{at: 1m, send: {alerts: 'a[1-20]'}}]
    ledger_test: [{eval_time: 2m, exp_lost: 0}]
`)
	require.Equal(t, exitPass, command("test", name).code)
	first := command("test", "--flag", "alertmanager.notification-queue-capacity=20",
		"--flag", "alertmanager.notification-queue-capacity=10", name)
	require.Equal(t, exitFailed, first.code)
	_, line, found := strings.Cut(first.out, "reproduce: ")
	require.True(t, found)
	line, _, _ = strings.Cut(line, "\n")
	require.Equal(t, first, command(words(t, line)[1:]...))
}

// contractFailure has the fields of a failure in --output json. Only known failures have a Reason.
type contractFailure struct {
	File    *string  `json:"file"`
	Line    *int     `json:"line"`
	Column  *int     `json:"column"`
	Message *string  `json:"message"`
	Reason  *string  `json:"reason"`
	Alerts  []string `json:"alerts"`
	Trace   []string `json:"trace"`
}

// contract has the fields of a record of --output json. None of them may ever be removed.
type contract struct {
	File        *string            `json:"file"`
	Test        *string            `json:"test"`
	Release     *string            `json:"release"`
	Engine      *string            `json:"engine"`
	Seed        *uint64            `json:"seed"`
	Pass        *bool              `json:"pass"`
	Checks      *int               `json:"checks"`
	Summary     *string            `json:"summary"`
	TraceSHA256 *string            `json:"trace_sha256"`
	Failures    *[]contractFailure `json:"failures"`
	Known       *[]contractFailure `json:"known"`
	Notes       []string           `json:"notes"`
	Ledger      *struct {
		Offered       *int64 `json:"offered"`
		Delivered     *int64 `json:"delivered"`
		Lost          *int64 `json:"lost"`
		Pending       *int64 `json:"pending"`
		Relabelled    *int64 `json:"relabelled"`
		Sends         *int64 `json:"sends"`
		Blocked       *int64 `json:"blocked"`
		Alertmanagers map[string]struct {
			Offered   *int64 `json:"offered"`
			Delivered *int64 `json:"delivered"`
			Dropped   *struct {
				QueueFull     *int64 `json:"queue_full"`
				BatchTooLarge *int64 `json:"batch_too_large"`
				SendFailed    *int64 `json:"send_failed"`
				Shutdown      *int64 `json:"shutdown"`
				Removed       *int64 `json:"removed"`
			} `json:"dropped"`
			Queued     *int64 `json:"queued"`
			InFlight   *int64 `json:"in_flight"`
			Unique     *int64 `json:"unique"`
			Duplicates *int64 `json:"duplicates"`
			Requests   *int64 `json:"requests"`

			Late          *int64 `json:"late"`
			FalseResolves *int64 `json:"false_resolves"`
			Refires       *int64 `json:"refires"`
			Resurrections *int64 `json:"resurrections"`
		} `json:"alertmanagers"`
	} `json:"ledger"`

	Alerts struct {
		Any           *accountContract            `json:"any"`
		Alertmanagers map[string]*accountContract `json:"alertmanagers"`
	} `json:"alerts"`
}

// An accountContract has the fields of the account of alerts, at one Alertmanager or at any.
type accountContract struct {
	Alerts          *int64         `json:"alerts"`
	Missed          *int64         `json:"missed"`
	FirstDelivery   *timesContract `json:"first_delivery"`
	Uncovered       *timesContract `json:"uncovered"`
	FalselyResolved *int64         `json:"falsely_resolved"`
	FalseResolves   *timesContract `json:"false_resolves"`
	LateResolve     *timesContract `json:"late_resolve"`
}

type timesContract struct {
	Count *int64 `json:"count"`
	P50   *int64 `json:"p50_ns"`
	P90   *int64 `json:"p90_ns"`
	P99   *int64 `json:"p99_ns"`
	Max   *int64 `json:"max_ns"`
	Total *int64 `json:"total_ns"`
}

// records decodes the output of --output json, which has one record on each line. A field that contract does not have
// fails the test.
func records(t *testing.T, out string) []contract {
	t.Helper()
	var all []contract
	for line := range strings.Lines(out) {
		dec := json.NewDecoder(strings.NewReader(line))
		dec.DisallowUnknownFields()
		var c contract
		require.NoError(t, dec.Decode(&c), line)
		require.False(t, dec.More())
		all = append(all, c)
	}
	return all
}

func TestJSON(t *testing.T) {
	got := command("test", "--output", "json", "testdata/passes.yml", "testdata/fails.yml")
	require.Equal(t, exitFailed, got.code)
	require.Empty(t, got.err)
	all := records(t, got.out)
	require.Len(t, all, 5+8)
	for _, c := range all {
		for _, field := range []any{c.File, c.Test, c.Release, c.Engine, c.Seed, c.Pass, c.Checks, c.TraceSHA256, c.Failures,
			c.Known, c.Ledger} {
			require.NotNil(t, field)
		}
		l := c.Ledger
		for _, n := range []*int64{l.Offered, l.Delivered, l.Lost, l.Pending, l.Relabelled, l.Sends, l.Blocked} {
			require.NotNil(t, n)
		}
		require.Equal(t, *l.Offered, *l.Delivered+*l.Lost+*l.Pending)
		require.Len(t, l.Alertmanagers, 2)
		for _, a := range l.Alertmanagers {
			require.NotNil(t, a.Dropped)
			d := a.Dropped
			for _, n := range []*int64{
				a.Offered, a.Delivered, a.Queued, a.InFlight, a.Unique, a.Duplicates, a.Requests, a.Late, a.FalseResolves,
				a.Refires, a.Resurrections,
				d.QueueFull, d.BatchTooLarge, d.SendFailed, d.Shutdown, d.Removed,
			} {
				require.NotNil(t, n)
			}
			dropped := *d.QueueFull + *d.BatchTooLarge + *d.SendFailed + *d.Shutdown + *d.Removed
			require.Equal(t, *a.Offered, *a.Delivered+dropped+*a.Queued+*a.InFlight)
		}
		require.Equal(t, "model", *c.Engine)
		require.Regexp(t, "^[0-9a-f]{64}$", *c.TraceSHA256)
		require.Equal(t, *c.Pass, len(*c.Failures) == 0)
		for _, f := range *c.Failures {
			require.Equal(t, "testdata/fails.yml", *f.File)
			require.Positive(t, *f.Line)
			require.Positive(t, *f.Column)
			require.NotEmpty(t, *f.Message)
		}
	}
	first := all[0]
	require.Equal(t, []any{"testdata/passes.yml", "overflow", "v2.5", uint64(1), true, 1},
		[]any{*first.File, *first.Test, *first.Release, *first.Seed, *first.Pass, *first.Checks})
	require.Equal(t, []int64{16, 10, 6}, []int64{*first.Ledger.Offered, *first.Ledger.Delivered, *first.Ledger.Lost})
	require.Equal(t, int64(6), *first.Ledger.Alertmanagers["am-b:9093"].Dropped.BatchTooLarge)
	require.Nil(t, first.Notes)
	require.Zero(t, *all[4].Checks)
}

// Runs are made in parallel, but the records are the same, in the same order, every time.
func TestJSONIsTheSameEveryTime(t *testing.T) {
	args := []string{"test", "--output", "json", "--seeds", "1-50", "testdata/fails.yml"}
	first := command(args...)
	for range 3 {
		require.Equal(t, first, command(args...))
	}
	seed := uint64(0)
	for _, c := range records(t, first.out)[:50] {
		seed++
		require.Equal(t, seed, *c.Seed)
	}
}

func TestAnnotations(t *testing.T) {
	t.Setenv("GITHUB_ACTIONS", "true")
	for _, output := range []string{"text", "json"} {
		got := command("test", "--output", output, "--run", "again|hangs$", "testdata/fails.yml")
		require.Equal(t, exitFailed, got.code)
		require.NotContains(t, got.out, "::error")
		lines := strings.Split(strings.TrimSpace(got.err), "\n")
		require.Len(t, lines, 5)
		require.Contains(t, lines[0],
			"::error file=testdata/fails.yml,line=12,col=52,title=it's a peer that hangs (release v3.16%2C seed 1)::all "+
				"Alertmanagers: lost ")
		for _, line := range lines {
			const annotation = `^::error file=testdata/fails\.yml,line=\d+,col=\d+,title=[^:]*::am-`
			require.Regexp(t, annotation+`|^::error .*::all Alertmanagers`, line)
		}
	}
	name := write(t, "odd,name.yml", "tests: []\nconfg: 100%\n")
	got := command("test", name, "missing.yml")
	require.Equal(t, exitUsage, got.code)
	require.Contains(t, got.err, "::error file=odd%2Cname.yml,line=2,col=1,title=bad scenario::unknown field")
	require.Contains(t, got.err, "::error file=missing.yml,line=1,col=1,title=bad scenario::there is no such file")
}

func TestNarrow(t *testing.T) {
	long := strings.Repeat("long ", 30)
	name := write(t, strings.Repeat("path", 40)+".yml",
		"config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}\ntests: [{name: "+long+"}]\n")
	got := command("test", name)
	require.Equal(t, exitPass, got.code, got.err)
	for line := range strings.Lines(got.out) {
		require.LessOrEqual(t, len([]rune(line)), 121, line)
	}
}

// oneLine replaces each run of spaces and line breaks in text by one space.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// The text report has the summary of a run if there is only one file, if the test fails, or with -v. Otherwise it has
// no summaries.
func TestStories(t *testing.T) {
	const story = "am-a and am-b received every copy. Nothing was lost."
	require.Contains(t, oneLine(command("test", "peer_hangs.yml").out), "17,080 copies timed out")
	require.NotContains(t, command("test", "peer_hangs.yml", "testdata/passes.yml").out, "timed out")
	require.Contains(t, command("test", "-v", "peer_hangs.yml", "testdata/passes.yml").out, "timed out")
	both := command("test", "testdata/fails.yml", "testdata/passes.yml").out
	require.Contains(t, oneLine(both), "15 copies timed out, 3 overflowed")
	require.NotContains(t, oneLine(both), story)
	require.Contains(t, oneLine(command("test", "testdata/fails.yml").out), story)
}
