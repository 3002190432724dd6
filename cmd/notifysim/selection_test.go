package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func number(n uint64) string { return strconv.FormatUint(n, 10) }

// names runs notifysim test and returns the test, release and seed of each run.
func names(t *testing.T, args ...string) []string {
	var list []string
	for _, r := range records(t, command(append([]string{"test", "--output", "json"}, args...)...).out) {
		list = append(list, fmt.Sprintf("%s %s %d", *r.Test, *r.Release, *r.Seed))
	}
	return list
}

func TestSelection(t *testing.T) {
	const file = "testdata/passes.yml"
	require.Equal(t, []string{"overflow v2.5 1", "overflow v3.16 1", "chance v3.16 1", "chance v3.16 2",
		"nothing expected v3.16 1"}, names(t, file))
	require.Equal(t, []string{"overflow v2.5 1", "overflow v3.16 1"}, names(t, "--run", "over", file))
	require.Equal(t, []string{"overflow v2.5 1"}, names(t, "--release", "2.5", "--run", "over", file)[:1])
	require.Equal(t, []string{"overflow v3.9 1"}, names(t, "--release", "v3.9,v3.9", file))
	require.Equal(t, []string{"overflow v3.16 7", "chance v3.16 7", "nothing expected v3.16 7"},
		names(t, "--release", "v3.16", "--seeds", "7", file))

	got := command("test", "--release", "v3.9", "--run", "chance", file)
	require.Equal(t, ended{exitUsage, "", "--release v3.9: no test applies to it; \"chance\" is for v3.16\n"}, got)
}

// A release that the file does not name must also accept the api_version of the entries, in reloads too.
func TestSelectedReleaseRejectsTheAPIVersion(t *testing.T) {
	const entry = "{alerting: {alertmanagers: [{%s static_configs: [{targets: ['a:1']}]}]}}"
	v1, none := fmt.Sprintf(entry, "api_version: v1,"), fmt.Sprintf(entry, "")
	for _, text := range []string{
		"release: v2.55\nconfig: " + v1 + "\ntests: [{name: x}]\n",
		"release: v2.55\nconfig: " + none + "\ntests:\n  - name: x\n" +
			"    timeline: [{at: 1s, reload: {config: " + v1 + "}}]\n",
	} {
		file := write(t, "x.yml", text)
		require.Equal(t, exitPass, command("test", "--release", "v2.11", file).code)
		got := command("test", "--release", "v3.0", file)
		require.Equal(t, ended{exitUsage, "", file + ": test \"x\": release v3.0 rejects `api_version` v1, which exists " +
			"up to v2.55; leave it out, since the release posts to API v2 only, or choose an older release\n"}, got)
	}
}

// The name of a file of the library can be used like a path, but an existing file with that name takes precedence.
func TestLibraryByName(t *testing.T) {
	require.Equal(t, exitPass, command("test", "peer_hangs.yml").code)
	write(t, "peer_hangs.yml", "")
	require.Equal(t, ended{exitUsage, "", "peer_hangs.yml:1:1: the file is empty; write at least config: and tests:\n"},
		command("test", "peer_hangs.yml"))
}

func TestTooManyRuns(t *testing.T) {
	const config = "config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}\ntests:\n"
	var b strings.Builder
	for i := range 20 {
		fmt.Fprintf(&b, "  - {name: t%d, seeds: 1-99999}\n", i)
	}
	name := write(t, "many.yml", config+b.String())
	require.Equal(t, ended{exitUsage, "",
		"these are more runs than the limit of 1000000; choose fewer with --run, --release or --seeds\n"},
		command("test", name))
}

const start = "config: {alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}}\n"

// bad has files with one error each, and the position and the beginning of the message that it must give.
var bad = []struct{ name, text, want string }{
	{"empty", "", "1:1: the file is empty"},
	{"tabs", "config:\n\talerting: {}\n", "2:1: a tab indents this line"},
	{"duplicate_key", start + "tests:\n  - name: a\n    name: b\n", `4:5: "name" is given twice, first on line 3`},
	{"unknown_target", start + "tests:\n  - name: a\n    timeline: [{at: 1m, target: am-x, fault: {hang: true}}]\n",
		`4:33: no Alertmanager has the address "am-x"`},
	{"unknown_alertmanager", start +
		"tests:\n  - name: a\n    alertmanager_test: [{target: am-x, between: [0s, 1m], exp_requests: 1}]\n",
		`4:34: no Alertmanager has the address "am-x"`},
	{"negative_duration", start + "tests:\n  - name: a\n    duration: -5m\n",
		"4:15: `duration` is \"-5m\"; write a duration that is not negative"},
	{"negative_time", start + "tests:\n  - name: a\n    timeline: [{at: -5s, send: {alerts: a}}]\n",
		"4:21: `at` is \"-5s\"; write a duration that is not negative"},
	{"capacity_0", start + "flags: {alertmanager.notification-queue-capacity: 0}\ntests: [{name: a}]\n",
		"2:51: `alertmanager.notification-queue-capacity` is 0; write a whole number from 1 to 10000000"},
	{"capacity_1e9", start + "flags: {alertmanager.notification-queue-capacity: 1000000000}\ntests: [{name: a}]\n",
		"2:51: `alertmanager.notification-queue-capacity` is 1000000000; write a whole number from 1 to 10000000"},
	{"alerts_1e9", start + "tests:\n  - name: a\n    timeline: [{at: 0s, send: {alerts: 'a[1-1000000000]'}}]\n",
		"4:40: with this entry the file exceeds the limit of 1000000 alerts"},
	{"late_window", start + "tests:\n  - name: a\n    duration: 1m\n    alertmanager_test: [{target: 'am-a:9093', " +
		"between: [0s, 2m], exp_requests: 1}]\n",
		"5:61: the end of `between` is 2m, which is after the end of the test; write at most 1m"},
}

func TestBadFiles(t *testing.T) {
	t.Chdir(t.TempDir())
	var all []string
	for _, f := range bad {
		path := f.name + ".yml"
		require.NoError(t, os.WriteFile(path, []byte(f.text), 0o644))
		got := command("test", path)
		require.Equal(t, exitUsage, got.code, path)
		require.Empty(t, got.out)
		require.Regexp(t, `^\S+\.yml:\d+:\d+: [^;]+; [^;]+\n(    \d+ \| .*\n +\| +\^\n)?$`, got.err)
		require.Contains(t, got.err, path+":"+f.want)
		all = append(all, path)
	}
	require.NoError(t, os.Mkdir("folder", 0o755))
	large, err := os.Create("large.yml")
	require.NoError(t, err)
	require.NoError(t, large.Truncate(100<<20))
	require.NoError(t, large.Close())
	require.Equal(t, ended{exitUsage, "", "folder: is a folder without scenario files, which are .yml or .yaml files " +
		"with the fields `tests` and `config` or `config_file`; name a folder with scenario files, or a file\n"},
		command("test", "folder"))
	require.Equal(t, ended{exitUsage, "", "folder: is a directory; name a file\n"}, command("trace", "folder"))
	require.Equal(t, ended{exitUsage, "", "large.yml: is larger than the limit of 1 MiB; split it\n"},
		command("test", "large.yml"))
	require.Equal(t, ended{exitUsage, "", "none.yml: there is no such file; name one that exists\n"},
		command("test", "none.yml"))
	require.Equal(t, ended{exitUsage, "", "none.yml: there is no such file; name one that exists\n"},
		command("trace", "none.yml"))

	// The errors of all files are reported together, and nothing runs.
	all = append(all, "peer_hangs.yml", "folder", "large.yml")
	got := command(append([]string{"test"}, all...)...)
	require.Equal(t, exitUsage, got.code)
	require.Empty(t, got.out)
	require.Len(t, regexp.MustCompile(`(?m)^\S+: .*; `).FindAllString(got.err, -1), len(bad)+2)
	for _, f := range bad {
		require.Contains(t, got.err, f.name+".yml:"+f.want)
	}
}

// prometheusModule returns the folder of the module github.com/prometheus/prometheus.
func prometheusModule(t *testing.T) string {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/prometheus/prometheus").Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

// Prometheus' example configuration names no Alertmanager, so all alerts are lost.
func TestExampleConfiguration(t *testing.T) {
	example, err := os.ReadFile(filepath.Join(prometheusModule(t), "documentation", "examples", "prometheus.yml"))
	require.NoError(t, err)
	write(t, "prometheus.yml", string(example))
	require.NoError(t, os.WriteFile("s.yml", []byte(`config_file: prometheus.yml
tests:
  - name: nobody is there
    timeline: [{at: 0s, send: {alerts: 'a[1-5]'}}]
    ledger_test: [{eval_time: 1m, exp_offered: 5, exp_delivered: 0, exp_lost: 5}]
`), 0o644))
	got := command("test", "s.yml")
	require.Equal(t, exitPass, got.code, got.out+got.err)

	// The line with an Alertmanager, which is a comment in the example, is now active.
	named := strings.Replace(string(example), "# - alertmanager:9093", "- alertmanager:9093", 1)
	require.NoError(t, os.WriteFile("prometheus.yml", []byte(named), 0o644))
	require.NoError(t, os.WriteFile("s.yml", []byte(`config_file: prometheus.yml
tests:
  - name: it is there
    timeline: [{at: 0s, send: {alerts: 'a[1-5]'}}]
    alertmanager_test: [{target: 'alertmanager:9093', between: [0s, 1m], exp_alerts: 'a[1-5]'}]
`), 0o644))
	got = command("test", "s.yml")
	require.Equal(t, exitPass, got.code, got.out+got.err)
}

// If service discovery finds the Alertmanagers, a note says how to list them in the scenario.
func TestDiscoveredAlertmanagers(t *testing.T) {
	example, err := os.ReadFile(filepath.Join(prometheusModule(t), "documentation", "examples", "prometheus.yml"))
	require.NoError(t, err)
	found := strings.Replace(string(example),
		"    - static_configs:\n        - targets:\n          # - alertmanager:9093\n",
		"    - kubernetes_sd_configs: [{role: pod}]\n", 1)
	require.Contains(t, found, "kubernetes_sd_configs")
	write(t, "prometheus.yml", found)
	require.NoError(t, os.WriteFile("s.yml", []byte(`config_file: prometheus.yml
tests:
  - name: forgotten
    timeline: [{at: 0s, send: {alerts: 'a[1-5]'}}]
  - name: given
    timeline:
      - {at: 0s, target_groups: {config-0: [{targets: ['10.0.0.1:9093']}]}}
      - {at: 1s, send: {alerts: 'a[1-5]'}}
    alertmanager_test: [{target: '10.0.0.1:9093', between: [0s, 1m], exp_alerts: 'a[1-5]'}]
`), 0o644))
	const note = "s.yml:3:5: the targets of config-0 come from kubernetes_sd_configs; give them with target_groups: " +
		"{config-0: [{targets: [...]}]}"
	got := command("test", "s.yml")
	require.Equal(t, exitPass, got.code, got.out+got.err)
	require.Equal(t, 1, strings.Count(got.out, "note: "+note+"\n"), got.out)
	for _, r := range records(t, command("test", "--output", "json", "s.yml").out) {
		require.Equal(t, []string{note}, r.Notes)
	}
	strict := command("test", "--strict", "s.yml")
	require.Equal(t, ended{exitUsage, "", note + "\n    3 |   - name: forgotten\n      |     ^\n"}, strict)
}
