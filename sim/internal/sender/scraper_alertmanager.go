package sender

import (
	"slices"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/network"
)

// A received is the copies that an Alertmanager stored that were posted to one version of its API.
type received struct {
	version string
	network.Received
}

// versionsOf returns what an Alertmanager received through the default version of the API and, if it received any,
// through the other version.
func versionsOf(rel *core.Release, p *network.Alertmanager) []received {
	versions := []received{{"v2", p.V2}, {"v1", p.V1}}
	if rel.API <= core.V1Default {
		slices.Reverse(versions)
	}
	if versions[1].Received == (network.Received{}) {
		return versions[:1]
	}
	return versions
}

// ofAlertmanager appends the metrics that an Alertmanager exposes.
func (s *scraper) ofAlertmanager(p *network.Alertmanager, versions []received) {
	s.add("alertmanager_alerts", float64(p.States.Counts.Firing), "state", "active")
	s.add("alertmanager_alerts", 0, "state", "suppressed")
	s.add("alertmanager_alerts", 0, "state", "unprocessed")
	for _, v := range versions {
		s.add("alertmanager_alerts_received_total", float64(v.Firing), "status", "firing", "version", v.version)
		s.add("alertmanager_alerts_received_total", float64(v.Resolved), "status", "resolved", "version", v.version)
		s.add("alertmanager_alerts_invalid_total", 0, "version", v.version)
	}
}
