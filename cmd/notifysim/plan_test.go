package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// planned is a scenario whose outcome depends on the seed, so that a plan needs 59 runs, which can be divided into
// shards.
const planned = `
config: {alerting: {alertmanagers: [{timeout: 5s, static_configs: [{targets: ['am-a:9093']}]}]}}
evaluation_interval: 15s
tests:
  - name: planned
    duration: 5m
    input_series: [{series: 'ALERTS{alertname="X", alertstate="firing"}', expand: {i: '[1-500]'}, values: '1x20'}]
    alertmanagers: {'am-a:9093': {latency: {lognormal: {median: 5s, sigma: 1}}}}
`

// The merged shards of a plan, and a plan that continues from its journal, give the same answer as one plan without
// shards.
func TestPlanMergeAndResume(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("p.yml", []byte(planned), 0o644))
	for _, output := range []string{"text", "json"} {
		whole := command("plan", "p.yml", "--output", output)
		require.Zero(t, whole.code, whole.err)
		require.NotEmpty(t, whole.out)
		for i, sh := range []string{"1/3", "2/3", "3/3"} {
			res := command("plan", "p.yml", "--shard", sh, "--out", output+sh[:1]+".shard", "--workers",
				[]string{"1", "2", "3"}[i])
			require.Zero(t, res.code, res.err)
			require.Empty(t, res.out)
			res = command("plan", "p.yml", "--shard", sh, "--out", output+sh[:1]+".shard")
			require.Zero(t, res.code)
			require.Contains(t, res.err, "already has all")
		}
		require.Equal(t, whole, command("merge", output+"2.shard", output+"3.shard", output+"1.shard", "--output", output))
		require.Equal(t, whole, command("plan", "p.yml", "--output", output, "--resume", "journal"))
		require.Equal(t, whole, command("plan", "p.yml", "--output", output, "--resume", "journal"))
	}
	left, err := filepath.Glob("*.part")
	require.NoError(t, err)
	require.Empty(t, left)
	require.Equal(t, exitUsage, command("plan", "p.yml", "--shard", "1/4", "--out", "text1.shard").code)
	require.Equal(t, exitUsage, command("plan", "p.yml", "--seeds", "1-60", "--resume", "journal").code)
}

// If a plan is not possible, the error says why, and what to write instead.
func TestPlanMistakes(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("p.yml", []byte(planned), 0o644))
	require.NoError(t, os.WriteFile("two.yml", []byte(planned+"  - name: second\n"), 0o644))
	for want, args := range map[string][]string{
		"--percentile":                        {"p.yml", "--percentile", "x"},
		"percentile 100: no number of runs":   {"p.yml", "--percentile", "100"},
		"confidence 1: no number of runs":     {"p.yml", "--confidence", "1"},
		"--seeds: \"0-\"":                     {"p.yml", "--seeds", "0-"},
		"10 seeds cannot bound 95 % of runs":  {"p.yml", "--seeds", "1-10"},
		"write a share from 0% to below 100%": {"p.yml", "--tolerate-loss", "100%"},
		"choose with --run":                   {"two.yml"},
		"matches no test":                     {"p.yml", "--run", "other"},
		"there is no such file":               {"q.yml"},
		"plan takes a scenario file":          {},
		"sends no alerts":                     {"two.yml", "--run", "second"},
		"belong together":                     {"p.yml", "--shard", "1/2"},
		"write one such as 2/7":               {"p.yml", "--shard", "x", "--out", "x"},
		"leave out --resume":                  {"p.yml", "--shard", "1/2", "--out", "x", "--resume", "y"},
		"--output \"xml\"":                    {"p.yml", "--output", "xml"},
		"--sweep: \"speed\" is not an input":  {"p.yml", "--sweep", "speed=1"},
		"are for a plan without a file":       {"p.yml", "--show-scenario"},
		"a sweep over 1 input; write two":     {"p.yml", "--sweep", "alerts=x1"},
	} {
		res := command(append([]string{"plan"}, args...)...)
		require.Equal(t, exitUsage, res.code, "%s: %s", want, res.err)
		require.Contains(t, res.err, want)
		require.Empty(t, res.out)
	}
	require.Equal(t, exitUsage, command("merge").code)
	res := command("merge", "p.yml", "q.shard")
	require.Equal(t, exitUsage, res.code)
	require.Contains(t, res.err, "p.yml: is not a shard of a plan")
	require.Contains(t, res.err, "q.shard: there is no such file")
}

// A plan without a file begins with the advice; --show-scenario shows the scenario before it. With --fail-if-too-small
// the exit code says whether the advice is to change a setting.
func TestPlanWithoutFile(t *testing.T) {
	quick := []string{"plan", "--alerts", "12000", "--seeds", "1-59", "--fail-if-too-small"}
	res := command(quick...)
	require.Equal(t, exitFailed, res.code, res.err)
	lines := strings.Split(res.out, "\n")
	require.Contains(t, lines[0], "plan.yml: short, Prometheus ")
	require.Contains(t, lines[2], "Set --alertmanager.notification-queue-capacity=12000")
	require.Contains(t, res.err, "v3.16, batches of 256: Set --alertmanager.notification-queue-capacity=12000")
	require.NotContains(t, res.out, "evaluation_interval:")
	require.Contains(t, command(append(quick, "--show-scenario")...).out, "evaluation_interval: 1m\n")
	require.Equal(t, exitPass, command("plan", "--alerts", "100", "--seeds", "1-59", "--fail-if-too-small").code)
}

// --config takes the Alertmanagers and the evaluation interval of a prometheus.yml.
func TestPlanOfAConfiguration(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.Mkdir("plans", 0o755))
	for name, text := range map[string]string{
		"prometheus.yml": "global: {evaluation_interval: 30s}\n" +
			"alerting: {alertmanagers: [{timeout: 5s, static_configs: [{targets: ['a:9093', 'b:9093']}]}]}\n",
		"sd.yml":    "alerting: {alertmanagers: [{dns_sd_configs: [{names: [am.example.org]}]}]}\n",
		"wrong.yml": "alerting: {alertmanagers: [{timeuot: 3s}]}\n",
	} {
		require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
	}
	plan := func(more ...string) ended { return command(append([]string{"plan", "--alerts", "30"}, more...)...) }
	res := plan("--config", "prometheus.yml", "--write", "plans/p.yml", "--outage", "hang 5m")
	require.Equal(t, exitPass, res.code, res.err)
	require.Contains(t, res.out, "without b:9093")
	text, err := os.ReadFile("plans/p.yml")
	require.NoError(t, err)
	require.Contains(t, string(text), "config_file: \"../prometheus.yml\"\nevaluation_interval: 30s\n")
	require.Equal(t, res.out, command("plan", "plans/p.yml").out, "the scenario that was written")
	absolute, err := filepath.Abs("prometheus.yml")
	require.NoError(t, err)
	require.Equal(t, plan("--config", "prometheus.yml"), plan("--config", absolute))
	require.Equal(t, exitPass, plan("--config", "prometheus.yml", "--write", filepath.Join(t.TempDir(), "p.yml")).code)
	for want, args := range map[string][]string{
		`plan.yml:1:14: config_file: no.yml: there is no such file; name one that exists`: {"--config", "no.yml"},
		`wrong.yml:1:29: config: unknown field "timeuot"; write "timeout"`:                {"--config", "wrong.yml"},
		"it names no Alertmanager under static_configs; write a scenario file":            {"--config", "sd.yml"},
		"--alertmanagers is for a plan without a configuration": {
			"--config", "x", "--alertmanagers", "2",
		},
	} {
		res := plan(args...)
		require.Equal(t, exitUsage, res.code, res.out)
		require.Contains(t, res.err, want)
	}
}

// --flag replaces the value that the file gives a flag of prometheus.
func TestFlagOfPrometheus(t *testing.T) {
	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("p.yml", []byte(planned), 0o644))
	require.NotContains(t, command("test", "p.yml").out, "batch_too_large")
	require.Contains(t, command("test", "p.yml", "--flag", "--alertmanager.notification-queue-capacity=400").out,
		"batch_too_large")
	for want, flag := range map[string]string{
		`unknown flag "alertmanager.capacity"`: "alertmanager.capacity=1",
		"write a whole number from 1":          "alertmanager.notification-queue-capacity=0",
		"has no value":                         "rules.alert.resend-delay",
	} {
		res := command("test", "p.yml", "--flag", flag)
		require.Equal(t, exitUsage, res.code)
		require.Contains(t, res.err, want)
	}
}
