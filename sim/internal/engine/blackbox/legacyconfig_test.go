package blackbox

import (
	"log/slog"
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
