package blackbox

import (
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/config"
	"github.com/stretchr/testify/require"
)

// An older release reads the same configuration, without the fields that it does not know.
func TestLegacyConfig(t *testing.T) {
	cfg, err := config.Load(`
global: {external_labels: {cluster: eu1}}
alerting:
  alert_relabel_configs:
    - {regex: severity, action: labeldrop}
    - {source_labels: [a], target_label: b, action: dropequal}
    - {source_labels: [a, b], separator: '', regex: '', target_label: c, replacement: ''}
  alertmanagers:
    - {scheme: https, path_prefix: /x, timeout: 3s, enable_http2: false, proxy_from_environment: true,
        static_configs: [{targets: ['am-a:9093']}]}
    - {dns_sd_configs: [{names: [am]}]}
`, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	text, err := legacyConfig(cfg)
	require.NoError(t, err)
	for _, unknown := range []string{"http2", "proxy", "dns", "cluster"} {
		require.NotContains(t, text, unknown)
	}
	again, err := config.Load(text, slog.New(slog.DiscardHandler))
	require.NoError(t, err, text)
	require.Equal(t, cfg.AlertingConfig.AlertRelabelConfigs, again.AlertingConfig.AlertRelabelConfigs)
	for i, am := range again.AlertingConfig.AlertmanagerConfigs {
		want := cfg.AlertingConfig.AlertmanagerConfigs[i]
		require.Equal(t, []any{want.Scheme, want.PathPrefix, want.Timeout}, []any{am.Scheme, am.PathPrefix, am.Timeout})
	}
	cfg.AlertingConfig.AlertmanagerConfigs[0].HTTPClientConfig.EnableHTTP2 = true
	changed, err := legacyConfig(cfg)
	require.NoError(t, err)
	require.NotEqual(t, text, changed)
	require.Equal(t, 2, strings.Count(text, "__entry"))
}

// Every release decides by itself which entries are equal. It gets secrets as they are, and the hash of the fields that
// are left out is the same for entries that differ only in fields that it gets.
func TestLegacyConfigTellsEntriesApart(t *testing.T) {
	cfg, err := config.Load(`
alerting:
  alertmanagers:
    - {basic_auth: {username: u, password: one}, relabel_configs: [{action: drop, regex: a}]}
    - {basic_auth: {username: u, password: two}, api_version: v2, timeout: 3s,
        static_configs: [{targets: ['am-a:9093']}]}
    - {bearer_token: three, proxy_url: 'http://proxy', file_sd_configs: [{files: [a.json]}]}
    - {proxy_url: 'http://proxy', file_sd_configs: [{files: [b.json]}]}
`, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	text, err := legacyConfig(cfg)
	require.NoError(t, err)
	for _, known := range []string{
		"username: u", "password: one", "password: two", "bearer_token: three", "api_version: v2",
	} {
		require.Contains(t, text, known)
	}
	hashes := regexp.MustCompile(`__entry: (\w+)`).FindAllStringSubmatch(text, -1)
	require.Len(t, hashes, 4)
	require.Equal(t, hashes[0], hashes[1])
	require.NotEqual(t, hashes[1], hashes[2])
	require.NotEqual(t, hashes[2], hashes[3])
}
