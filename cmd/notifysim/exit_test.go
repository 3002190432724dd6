package main

import (
	"bytes"
	"fmt"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fed runs the command with the text stdin as its standard input.
func fed(stdin string, args ...string) ended {
	var out, errs bytes.Buffer
	code := run(args, strings.NewReader(stdin), &out, &errs)
	return ended{code, timeless(out.String()), errs.String()}
}

// Every command uses the exit codes with the same meaning.
func TestExitCodes(t *testing.T) {
	silent := httptest.NewServer(&recordServer{})
	defer silent.Close()
	t.Chdir(t.TempDir())
	const one = "config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}\n" +
		"tests:\n  - name: one\n    timeline: [{at: 0s, send: {alerts: 'a[1-8]'}}]\n"
	for name, text := range map[string]string{
		"pass.yml":  one + "    ledger_test: [{eval_time: 1m, exp_lost: 0}]\n",
		"fail.yml":  one + "    ledger_test: [{eval_time: 1m, exp_lost: 1}]\n",
		"cross.yml": one + "    thresholds: {alerts_delivered: ['count < 1']}\n",
		"bad.yml":   one + "    ledger: []\n",
		"two.yml":   "release: [v2.5, v3.16]\n" + strings.Replace(one, "[{static", "[{timeout: 1s, static", 1),
		"odd.yml":   "config: {alerting: {}}\ntests:\n- {name: a}\n",
		"plan.yml":  planned,
		"calm.yml":  strings.Replace(planned, "{lognormal: {median: 5s, sigma: 1}}", "20ms", 1),
		"small.yml": "flags: {alertmanager.notification-queue-capacity: 10}" + planned,
		"old.txt":   "BenchmarkSend-2 1000 7 allocs/op\n",
		"new.txt":   "BenchmarkSend-2 1000 8 allocs/op\n",
		"same.txt":  "BenchmarkSend-2 1000 7 allocs/op\n",
		"time.txt":  "BenchmarkSend-2 1000 7 allocs/op 5 ns/op\n",
		"slow.txt":  "BenchmarkSend-2 1000 7 allocs/op 9 ns/op\n",
		"empty.txt": "",
	} {
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	}
	require.Zero(t, command("plan", "plan.yml", "--shard", "1/2", "--out", "1.shard").code)
	record := "record --prometheus " + silent.URL
	for line, code := range map[string]int{
		"test pass.yml":                      exitPass,
		"test fail.yml":                      exitFailed,
		"test bad.yml":                       exitUsage,
		"test none.yml":                      exitUsage,
		"test --junit no/x.xml pass.yml":     exitInternal,
		"test cross.yml":                     exitThresholds,
		"test cross.yml fail.yml":            exitFailed,
		"trace fail.yml":                     exitPass, // expectations are not checked
		"trace bad.yml":                      exitUsage,
		"trace --html no/x.html pass.yml":    exitInternal,
		"compare two.yml":                    exitPass,
		"compare --fail two.yml":             exitFailed,
		"compare pass.yml":                   exitUsage, // only one release to compare
		"fuzz --runs 2 --engine model":       exitPass,
		"fuzz --time 1ns --engine model":     exitUsage, // no scenario was run
		"plan plan.yml":                      exitPass,
		"plan small.yml":                     exitPass,
		"plan --fail-if-too-small calm.yml":  exitPass,
		"plan --fail-if-too-small small.yml": exitFailed,
		"plan bad.yml":                       exitUsage,
		"plan --html no/x.html plan.yml":     exitInternal,
		"merge 1.shard":                      exitUsage, // shard 2/2 is missing
		"merge pass.yml":                     exitUsage,
		"gate old.txt same.txt":              exitPass,
		"gate old.txt new.txt":               exitFailed,
		"gate old.txt empty.txt":             exitUsage,
		"gate time.txt slow.txt":             exitUsage, // inconclusive
		"gate --accept no/x.txt old.txt":     exitInternal,
		record + " --from 0 --to 60":         exitUsage, // no alerts
		"record --prometheus http://127.0.0.1:1 --from 0 --to 60": exitUsage, // no server answers
		record + " --from 0 --to 60 --file no/x.om":               exitInternal,
		"fmt --check pass.yml":                                    exitPass,
		"fmt --check odd.yml":                                     exitFailed,
		"fmt none.yml":                                            exitUsage,
		"metrics":                                                 exitPass,
		"metrics --release v9":                                    exitUsage,
		"schema":                                                  exitPass,
		"schema x":                                                exitUsage,
		"version":                                                 exitPass,
		"fakeam --behaviour no.yml":                               exitUsage,
		"fakeam --listen nowhere":                                 exitUsage,
		"completion bash":                                         exitPass,
		"completion tcl":                                          exitUsage,
		"help test":                                               exitPass,
		"help tset":                                               exitUsage,
		"tset":                                                    exitUsage,
	} {
		got := command(strings.Fields(line)...)
		require.Equal(t, code, got.code, "%s: %s%s", line, got.out, got.err)
		if code > exitFailed && code != exitThresholds && !strings.HasPrefix(line, "gate old") {
			require.NotEmpty(t, got.err, line)
		}
	}
}

// Scripts depend on the numbers, so they must not change.
func TestExitCodeNumbers(t *testing.T) {
	var numbers []int
	for _, c := range exitCodes {
		numbers = append(numbers, c.code)
	}
	require.Equal(t, []int{0, 1, 2, 3, 99, 130}, numbers)
}

// The help of every command has the table of exit codes, once, and no line that is too long.
func TestExitCodesInHelp(t *testing.T) {
	for _, cmd := range append(rootCommand(&runner{}).Commands(), rootCommand(&runner{})) {
		args := []string{cmd.Name(), "--help"}
		if cmd.Parent() == nil {
			args = args[1:]
		}
		help := command(args...).out
		require.Equal(t, 1, strings.Count(help, "Exit codes:"), help)
		for line := range strings.Lines(help) {
			require.LessOrEqual(t, len([]rune(strings.TrimRight(line, "\n"))), helpWidth, line)
		}
		for _, c := range exitCodes {
			require.Contains(t, help, fmt.Sprintf("\n  %-4d %s\n", c.code, c.meaning))
		}
	}
}

type panickingWriter struct{}

func (panickingWriter) Write([]byte) (int, error) { panic("no place to write") }

// A panic outside of a run ends the command with exitInternal. Go's own exit code would be 2, which means a bad command
// line here.
func TestPanic(t *testing.T) {
	var errs bytes.Buffer
	require.Equal(t, exitInternal, run([]string{"schema"}, nil, panickingWriter{}, &errs))
	require.Contains(t, errs.String(), "notifysim: internal error: no place to write\ngoroutine ")
}
