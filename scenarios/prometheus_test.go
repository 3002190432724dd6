package scenarios_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/common/promslog"
	promconfig "github.com/prometheus/prometheus/config"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
)

// Every configuration that is valid in Prometheus' tests, including its example, loads as a config_file. It is as
// Prometheus reads it, except that entries without api_version do not have the default of the newest release.
func TestPrometheusOwnConfigurations(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/prometheus/prometheus").Output()
	require.NoError(t, err)
	module := strings.TrimSpace(string(out))
	good, err := filepath.Glob(filepath.Join(module, "config", "testdata", "*.good.yml"))
	require.NoError(t, err)
	require.Greater(t, len(good), 30)
	for _, path := range append(good, filepath.Join(module, "documentation", "examples", "prometheus.yml")) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			f, err := scenarios.Parse("x.yml", []byte("config_file: "+path+"\ntests: [{name: x}]\n"))
			require.NoError(t, err)
			want, err := promconfig.LoadFile(path, false, promslog.NewNopLogger())
			require.NoError(t, err)
			for _, am := range f.Config.AlertingConfig.AlertmanagerConfigs {
				require.Empty(t, am.APIVersion)
				am.APIVersion = promconfig.AlertmanagerAPIVersionV2
			}
			require.Equal(t, want.String(), f.Config.String())
		})
	}
}

// No configuration that is invalid in Prometheus' tests loads, and every message has a position.
func TestPrometheusBadConfigurations(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/prometheus/prometheus").Output()
	require.NoError(t, err)
	bad, err := filepath.Glob(filepath.Join(strings.TrimSpace(string(out)), "config", "testdata", "*.bad.yml"))
	require.NoError(t, err)
	for _, path := range bad {
		t.Run(filepath.Base(path), func(t *testing.T) {
			if _, err := promconfig.LoadFile(path, false, promslog.NewNopLogger()); err == nil {
				t.Skip("invalid only because of its scrape_config_files")
			}
			_, err := scenarios.Parse("x.yml", []byte("config_file: "+path+"\ntests: [{name: x}]\n"))
			var errs scenarios.Errors
			require.ErrorAs(t, err, &errs)
			for _, e := range errs {
				require.Equal(t, path, e.Pos.File)
				require.Positive(t, e.Pos.Line)
				t.Log(e)
			}
		})
	}
}

const discovered = `
config:
  alerting:
    alertmanagers:
      - static_configs: [{targets: ['am-a:9093']}]
        dns_sd_configs: [{names: [alertmanager.example.org]}]
      - kubernetes_sd_configs: [{role: pod}, {role: endpoints}]
        file_sd_configs: [{files: [ams.yml]}]
tests:
  - name: given
    timeline:
      - {at: 0s, target_groups: {config-1: [{targets: ['am-b:9093']}]}}
  - name: not given
`

func TestDiscovered(t *testing.T) {
	f := parse(t, discovered)
	require.Equal(t, map[string][]string{
		"config-0": {"dns_sd_configs"}, "config-1": {"file_sd_configs", "kubernetes_sd_configs"},
	}, f.Discovered)
	require.Equal(t, []string{
		"x.yml:13:5: the targets of config-1 come from file_sd_configs and kubernetes_sd_configs; " +
			"give them with target_groups: {config-1: [{targets: [...]}]}",
	}, f.Notes())
}

func TestNoteOnAFlagThatAReleaseDoesNotHave(t *testing.T) {
	f := parse(t, "release: v2.5\nflags: {alertmanager.notification-batch-size: 5}\n"+config+"tests: [{name: x}]\n")
	require.Equal(t, []string{
		"x.yml:2:9: release v2.5 has no flag alertmanager.notification-batch-size, " +
			"so the flag is ignored there; batches have at most 64 alerts",
	}, f.Notes())
}

// In whatever style a configuration is written into a scenario, Prometheus reads the same.
func TestConfigInAllStyles(t *testing.T) {
	for name, text := range map[string]string{
		"block":           "config:\n  global: {scrape_interval: 7s}\n  rule_files: [a.yml]\ntests: [{name: x}]\n",
		"last":            "tests: [{name: x}]\nconfig:\n  global:\n    scrape_interval: 7s\n  rule_files:\n  - a.yml\n",
		"flow":            "config: {global: {scrape_interval: 7s}, rule_files: [a.yml]} # here\ntests: [{name: x}]\n",
		"flow over lines": "config: {global: {scrape_interval: 7s},\nrule_files: [a.yml]\n}\ntests: [{name: x}]\n",
		"all in braces":   "{config: {global: {scrape_interval: 7s}, rule_files: [a.yml]}, tests: [{name: x}]}\n",
		"JSON": `{"config": {"global": {"scrape_interval": "7s"}, "rule_files": ["a.yml"]}, ` +
			`"tests": [{"name": "x"}]}`,
		"alias": "config:\n  global: {scrape_interval: &t 7s}\n  rule_files: [a.yml]\nscrape_interval: *t\n" +
			"tests: [{name: x}]\n",
		"alias inside": "scrape_interval: &t 7s\nconfig:\n  global: {scrape_interval: *t}\n  rule_files: [a.yml]\n" +
			"tests: [{name: x}]\n",
		"anchor":          "config: &c\n  global: {scrape_interval: 7s}\n  rule_files: [a.yml]\ntests: [{name: x}]\n",
		"CRLF":            "config:\r\n  global: {scrape_interval: 7s}\r\n  rule_files: [a.yml]\r\ntests: [{name: x}]\r\n",
		"CR":              "config:\r  global: {scrape_interval: 7s}\r  rule_files: [a.yml]\rtests: [{name: x}]\r",
		"byte order mark": "\ufeffconfig:\n  global: {scrape_interval: 7s}\n  rule_files: [a.yml]\ntests: [{name: x}]\n",
		"no end of line":  "tests: [{name: x}]\nconfig: {global: {scrape_interval: 7s}, rule_files: [a.yml]}",
		"marks": "%YAML 1.1\n---\nconfig: {global: {scrape_interval: 7s}, rule_files: [a.yml]}\n" +
			"tests: [{name: x}]\n...\n",
		"wide letters": "'config': {global: {external_labels: {ä: 'ö, ü'}, scrape_interval: 7s}, rule_files: [a.yml]}\n" +
			"tests: [{name: x}]\n",
		"quoted key": "tests: [{name: x}]\n\"config\":   # here\n\n    global: {scrape_interval: 7s}\n" +
			"    rule_files:\n    - a.yml\n",
		"merge": "config:\n  global: &g {scrape_interval: 7s}\n  rule_files: [a.yml]\n" +
			"  alerting: {alertmanagers: [&a {timeout: 1s}, {<<: *a, scheme: https}]}\ntests: [{name: x}]\n",
	} {
		t.Run(name, func(t *testing.T) {
			f := parse(t, text)
			require.Equal(t, "7s", f.Config.GlobalConfig.ScrapeInterval.String())
			require.Equal(t, []string{"a.yml"}, f.Config.RuleFiles)
			require.Len(t, f.Tests, 1)
		})
	}
}
