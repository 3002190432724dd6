package scenarios_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
)

// In whatever style the configuration of a reload is written, Prometheus reads the same.
func TestReloadInAllStyles(t *testing.T) {
	for name, event := range map[string]string{
		"flow": "      - {at: 1m, reload: {config: {global: {scrape_interval: 7s}, rule_files: [a.yml]}}}\n",
		"block": "      - at: 1m\n        reload:\n          config:\n            global:\n" +
			"              scrape_interval: 7s\n            rule_files:\n            - a.yml\n",
		"quoted": `      - {"at": "1m", "reload": {"config": {"global": ` +
			`{"scrape_interval": "7s", "external_labels": {"a": "1", "b": "ä # ö"}}, "rule_files": ["a.yml"]}}}` + "\n",
		"alias": "      - {at: 0s, send: {alerts: &seven 7s}}\n" +
			"      - {at: 1m, reload: {config: {global: {scrape_interval: *seven}, rule_files: [a.yml]}}}\n",
		"merge": "      - {at: 1m, reload: {config: {global: {<<: {scrape_interval: 7s}}, rule_files: [a.yml]}}}\n",
		"tags":  "      - {at: 1m, reload: {config: {global: {scrape_interval: !!str 7s}, rule_files: !!seq [a.yml]}}}\n",
		"lines": "      - at: 1m\n        reload:\n          config:\n" +
			"            global: {scrape_interval: 7s, external_labels: {a: \"one\n                two\"}}\n" +
			"            rule_files: [a.yml]\n",
	} {
		t.Run(name, func(t *testing.T) {
			f := parse(t, config+"tests:\n  - name: x\n    timeline:\n"+event)
			events := f.Tests[0].Timeline
			e := events[len(events)-1]
			require.Equal(t, time.Minute, e.At)
			require.Equal(t, "7s", e.Reload.Config.GlobalConfig.ScrapeInterval.String())
			require.Equal(t, []string{"a.yml"}, e.Reload.Config.RuleFiles)
		})
	}
}

// The sets and addresses of a reload are known in the whole test, but in no other test.
func TestReloadBringsSetsAndAddresses(t *testing.T) {
	const text = config + `
tests:
  - name: x
    alertmanagers: {'am-c:9093': {hang: true}, 'am-d:9093': {refuse: true}}
    timeline:
      - {at: 1m, reload: {config_file: other.yml}}
      - {at: 2m, target_groups: {config-1: [{targets: ['am-d:9093']}]}}
      - {at: 3m, reload: {config_file: other.yml}}
`
	const other = "rule_files: [r.yml]\nalerting: {alertmanagers: [{static_configs: [{targets: ['am-c:9093']}]}, {}]}\n"
	fsys := fstest.MapFS{"deep/x.yml": {Data: []byte(text)}, "deep/other.yml": {Data: []byte(other)}}
	f, err := scenarios.LoadFS(fsys, "deep/x.yml")
	require.NoError(t, err)
	events := f.Tests[0].Timeline
	require.Equal(t, []string{"deep/r.yml"}, events[0].Reload.Config.RuleFiles)
	require.Same(t, events[0].Reload.Config, events[2].Reload.Config, "a file is read once")
	require.Len(t, f.Tests[0].Alertmanagers, 2)

	fsys["deep/x.yml"] = &fstest.MapFile{Data: []byte(text + "  - name: y\n    alertmanagers: {'am-c:9093': {}}\n")}
	_, err = scenarios.LoadFS(fsys, "deep/x.yml")
	require.ErrorContains(t, err, `deep/x.yml:11:21: no alerts are posted to "am-c:9093"`)
}

func TestTooManyReloads(t *testing.T) {
	event := "      - {at: 0s, reload: {config: {}}}\n"
	text := config + "tests:\n  - name: x\n    timeline:\n"
	require.Len(t, parse(t, text+strings.Repeat(event, 1000)).Tests[0].Timeline, 1000)
	_, err := scenarios.Parse("x.yml", []byte(text+strings.Repeat(event, 1001)))
	require.EqualError(t, err, "x.yml:1005:9: the timeline has more than the limit of 1000 reloads; write fewer")
}

// An expectation may spell a release differently from the file.
func TestReleaseOfAnExpectation(t *testing.T) {
	f := parse(t, "release: [v2.5, 3.16]\n"+config+
		"tests: [{name: x, ledger_test: [{release: '3.16', eval_time: 1m, exp_lost: 0}]}]\n")
	require.Equal(t, []string{"v3.16"}, f.Tests[0].Ledger[0].Only)
}
