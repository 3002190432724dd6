package notifier

import (
	"encoding/json"
	"net/http"
	"net/url"
)

// A Discovery is the data of Prometheus' /api/v1/alertmanagers (web/api/v1/api.go at v3.15.0).
type Discovery struct {
	Active  []DiscoveredAlertmanager `json:"activeAlertmanagers"`
	Dropped []DiscoveredAlertmanager `json:"droppedAlertmanagers"`
}

// A DiscoveredAlertmanager is one of its entries.
type DiscoveredAlertmanager struct {
	// URL is what alerts are posted to.
	URL string `json:"url"`
}

// Discovery returns the Alertmanagers that are known now. Like Alertmanagers, it waits while a drain holds the
// manager's lock.
func (m *Manager) Discovery() Discovery {
	list := func(urls []*url.URL) []DiscoveredAlertmanager {
		ams := make([]DiscoveredAlertmanager, len(urls))
		for i, u := range urls {
			ams[i].URL = u.String()
		}
		return ams
	}
	return Discovery{list(m.Alertmanagers()), list(m.DroppedAlertmanagers())}
}

// ServeHTTP answers any request as /api/v1/alertmanagers does.
func (d Discovery) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	b, err := json.Marshal(struct {
		Status string    `json:"status"`
		Data   Discovery `json:"data"`
	}{"success", d})
	if err != nil { // strings can always be encoded
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(b)
}
