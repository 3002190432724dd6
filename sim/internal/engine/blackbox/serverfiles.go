package blackbox

import (
	"strings"

	"github.com/prometheus/prometheus/config"
)

// withoutServerFiles returns a configuration whose alertmanagers entries name no certificate files. These exist on the
// simulated server and not here, and a manager would read them, although it makes no connection. The names are kept in
// server_name, so that entries that differ still do.
func withoutServerFiles(cfg *config.Config) *config.Config {
	return withEntries(cfg, func(am *config.AlertmanagerConfig) {
		tls := &am.HTTPClientConfig.TLSConfig
		if tls.CAFile == "" && tls.CertFile == "" && tls.KeyFile == "" {
			return
		}
		tls.ServerName = strings.Join([]string{tls.ServerName, tls.CAFile, tls.CertFile, tls.KeyFile}, "\n")
		tls.CAFile, tls.CertFile, tls.KeyFile = "", "", ""
	})
}

// withEntries returns a copy of a configuration whose alertmanagers entries change has changed.
func withEntries(cfg *config.Config, change func(*config.AlertmanagerConfig)) *config.Config {
	copied := *cfg
	copied.AlertingConfig.AlertmanagerConfigs = nil
	for _, am := range cfg.AlertingConfig.AlertmanagerConfigs {
		entry := *am
		change(&entry)
		copied.AlertingConfig.AlertmanagerConfigs = append(copied.AlertingConfig.AlertmanagerConfigs, &entry)
	}
	return &copied
}
