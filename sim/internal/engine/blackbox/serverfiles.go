package blackbox

import (
	"slices"
	"strings"

	"github.com/prometheus/prometheus/config"
)

// withoutServerFiles returns a configuration whose alertmanagers entries name no certificate files. These exist on the
// simulated server and not here, and a manager would read them, although it makes no connection. The names are kept in
// server_name, so that entries that differ still do.
func withoutServerFiles(cfg *config.Config) *config.Config {
	changed := *cfg
	changed.AlertingConfig.AlertmanagerConfigs = slices.Clone(cfg.AlertingConfig.AlertmanagerConfigs)
	for i, am := range changed.AlertingConfig.AlertmanagerConfigs {
		tls := am.HTTPClientConfig.TLSConfig
		if tls.CAFile == "" && tls.CertFile == "" && tls.KeyFile == "" {
			continue
		}
		tls.ServerName = strings.Join([]string{tls.ServerName, tls.CAFile, tls.CertFile, tls.KeyFile}, "\n")
		tls.CAFile, tls.CertFile, tls.KeyFile = "", "", ""
		entry := *am
		entry.HTTPClientConfig.TLSConfig = tls
		changed.AlertingConfig.AlertmanagerConfigs[i] = &entry
	}
	return &changed
}
