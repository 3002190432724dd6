package notifier

import (
	"fmt"
	"net/http"

	configutil "github.com/prometheus/common/config"
	"github.com/prometheus/sigv4"

	"github.com/prometheus/prometheus/config"
)

// newClients returns an HTTP client for each entry under alertmanagers, made from its http_config and sigv4.
func newClients(
	cfg *config.Config, dial configutil.DialContextFunc,
) (map[*config.AlertmanagerConfig]*http.Client, error) {
	clients := map[*config.AlertmanagerConfig]*http.Client{}
	var options []configutil.HTTPClientOption
	if dial != nil {
		options = append(options, configutil.WithDialContextFunc(dial))
	}
	for i, amc := range cfg.AlertingConfig.AlertmanagerConfigs {
		c, err := configutil.NewClientFromConfig(amc.HTTPClientConfig, "alertmanager", options...)
		if err != nil {
			return nil, fmt.Errorf("alertmanagers entry %d: %w", i, err)
		}
		if amc.SigV4Config != nil {
			if c.Transport, err = sigv4.NewSigV4RoundTripper(amc.SigV4Config, c.Transport); err != nil {
				return nil, fmt.Errorf("alertmanagers entry %d: %w", i, err)
			}
		}
		clients[amc] = c
	}
	return clients, nil
}

// closeIdle closes idle connections. It is called before the clients are replaced and when Run returns.
func (m *Manager) closeIdle() {
	for _, c := range m.clients {
		c.CloseIdleConnections()
	}
	for _, s := range m.core.Sets() {
		for _, am := range s.Active {
			if c := am.Tag.(*endpoint).client; c != nil {
				c.CloseIdleConnections()
			}
		}
	}
}
