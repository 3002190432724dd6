package notifier

import (
	"encoding/json"
	"net/http"
	"net/url"
)

// A Discovery is the value of data in the response of Prometheus' /api/v1/alertmanagers (web/api/v1/api.go at v3.16.0).
type Discovery struct {
	Active  []DiscoveredAlertmanager `json:"activeAlertmanagers"`
	Dropped []DiscoveredAlertmanager `json:"droppedAlertmanagers"`
}

// A DiscoveredAlertmanager is one entry of a Discovery.
type DiscoveredAlertmanager struct {
	// URL is where alerts are posted.
	URL string `json:"url"`
}

// Discovery returns the Alertmanagers that are currently known. Like the method Alertmanagers, it waits while a drain
// holds the manager's lock.
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

// ServeHTTP answers any request as Prometheus answers /api/v1/alertmanagers.
func (d Discovery) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	b, err := json.Marshal(struct {
		Status string    `json:"status"`
		Data   Discovery `json:"data"`
	}{"success", d})
	if err != nil { // never happens: strings can always be encoded
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(b)
}
