package promfile_test

import (
	"testing"
	"time"

	"github.com/prometheus/prometheus/config"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/promfile"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

func releases(t *testing.T, names ...string) []*core.Release {
	t.Helper()
	var rs []*core.Release
	for _, name := range names {
		r, err := core.ParseRelease(name)
		require.NoError(t, err)
		rs = append(rs, r)
	}
	return rs
}

func TestConfigFile(t *testing.T) {
	var r strictyaml.Report
	cfg := promfile.ConfigFile(&r, "p.yml", []byte("global: {scrape_interval: 7s}\n"), nil)
	require.NoError(t, r.Err())
	require.Equal(t, "7s", cfg.GlobalConfig.ScrapeInterval.String())
}

func TestConfigFileErrors(t *testing.T) {
	for text, want := range map[string]string{
		"global:\n  scrape_intervall: 7s\n": `p.yml:2:3: config: unknown field "scrape_intervall"; write "scrape_interval"`,
		"global: {scrape_interval: fast}\n": `p.yml:1:27: config: not a valid duration string: "fast"; ` +
			"write a duration such as 30s or 1h30m",
		"alerting: {alertmanagers: [null]}\n": "p.yml:1:28: config: Prometheus crashes on this empty entry; " +
			"fill it in, or leave it out",
		"alerting: {alertmanagers: [{api_version: v1}]}\n": "p.yml:1:42: release v2.5 has no `api_version`, which " +
			"exists since v2.11; leave it out, since the release posts to API v1 only, or choose a newer release\n" +
			"p.yml:1:42: release v3.16 rejects `api_version` v1, which exists up to v2.55; leave it out, since the " +
			"release posts to API v2 only, or choose an older release",
		"alerting: {alertmanagers: [{api_version: v3}]}\n": "p.yml:1:42: config: expected Alertmanager api version " +
			"to be one of [v1 v2] but got v3; write v1 or v2, or leave it out",
		"alerting: {alertmanagers: [{alert_relabel_configs: [{action: drop, source_labels: [a], regex: b}]}]}\n": "" +
			"p.yml:1:29: release v2.5 has no `alert_relabel_configs` under `alertmanagers`, which exist since v2.51; " +
			"write them under `alerting`, or choose a newer release",
	} {
		var r strictyaml.Report
		promfile.ConfigFile(&r, "p.yml", []byte(text), releases(t, "v2.5", "v3.16"))
		require.EqualError(t, r.Err(), want, text)
	}
}

// Releases from v2.11 on accept api_version: v2, and those up to v2.55 also v1. The parsed entry has the version that
// it names, also through a YAML merge, and otherwise none.
func TestAPIVersions(t *testing.T) {
	const text = "alerting: {alertmanagers: [&a {api_version: v1}, {}, {api_version: v2}, {<<: *a}, {api_version: }]}\n"
	var r strictyaml.Report
	cfg := promfile.ConfigFile(&r, "p.yml", []byte(text), releases(t, "v2.11", "v2.55"))
	require.NoError(t, r.Err())
	var found []config.AlertmanagerAPIVersion
	for _, am := range cfg.AlertingConfig.AlertmanagerConfigs {
		found = append(found, am.APIVersion)
	}
	require.Equal(t, []config.AlertmanagerAPIVersion{"v1", "", "v2", "v1", ""}, found)

	const v2 = "alerting: {alertmanagers: [{api_version: v2}]}\n"
	require.NotNil(t, promfile.ConfigFile(&r, "p.yml", []byte(v2), releases(t, "v2.11", "v3.16")))
	require.NoError(t, r.Err())
}

// Errors in a configuration inside a scenario have their positions in the scenario, in any YAML style.
func TestInlineConfig(t *testing.T) {
	for text, want := range map[string]string{
		"config:\n  global:\n    scrape_intervall: 7s\ntests: []\n":        "x.yml:3:5",
		"{config: {global: {scrape_intervall: 7s}}, tests: []}\n":          "x.yml:1:20",
		"a: &g {scrape_intervall: 7s}\nconfig:\n  global: *g\ntests: []\n": "x.yml:1:8",
	} {
		var r strictyaml.Report
		in := promfile.Inline{Report: &r, Path: "x.yml", Text: []byte(text)}
		root := strictyaml.Format{}.Read(&r, "x.yml", []byte(text))
		require.Nil(t, in.Config(strictyaml.Lookup(root, "config"), nil))
		require.EqualError(t, r.Err(), want+`: config: unknown field "scrape_intervall"; write "scrape_interval"`, text)
	}
}

func TestRules(t *testing.T) {
	var r strictyaml.Report
	const text = "groups: [{name: a, rules: [{alert: A, expr: up == 0}, {record: b, expr: sum(up)}]}]\n"
	groups, exprs, ok := promfile.Rules(&r, "r.yml", []byte(text), time.Minute)
	require.True(t, ok)
	require.Len(t, groups[0].Rules, 2)
	require.Equal(t, "r.yml:1:45", exprs[0].Pos.String())
	require.Equal(t, "sum(up)", exprs[1].Tree.String())
}

func TestRulesErrors(t *testing.T) {
	for text, want := range map[string]string{
		"groups: [{name: a, rules: [{alert: A, expr: 'up =='}]}]\n": "r.yml:1:51: the expression is not PromQL: " +
			"unexpected end of input; see Prometheus' documentation of PromQL",
		"groups: [{rules: []}]\n": "r.yml:1:10: rule file: Groupname must not be empty; " +
			"write a `name` for the group",
		"groups: [{name: a, rules: [{alert: A}]}]\n": "r.yml:1:28: rule file: field 'expr' must be set in rule; " +
			"write expr: and an expression",
		"groups: [{name: a, rule: []}]\n": `r.yml:1:20: rule file: unknown field "rule"; write "rules"`,
	} {
		var r strictyaml.Report
		_, _, ok := promfile.Rules(&r, "r.yml", []byte(text), time.Minute)
		require.False(t, ok, text)
		require.EqualError(t, r.Err(), want, text)
	}
}
