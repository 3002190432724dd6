package sender

import (
	"time"

	"github.com/notifysim/notifysim/internal/scrape"
	"github.com/notifysim/notifysim/sim/ledger"
)

// ofAlerts appends the metrics of the account of alerts, as of this instant.
func (s *scraper) ofAlerts(g *Group) {
	g.sources.endRawSends(g.World.Now)
	s.meter.Read(&g.sources.log, g.World.Now, g.alertFilter)
	s.account(ledger.Any, s.meter.Any())
	for _, am := range g.Network.Alertmanagers() {
		s.account(am.Address, s.meter.Of(am.Address))
	}
}

func (s *scraper) account(to string, a *ledger.LiveAccount) {
	add := func(name string, v float64) { s.add(name, v, "to", to) }
	add("alerts_fired_total", float64(a.Fired))
	add("alerts_firing", float64(a.Firing))
	add("alerts_uncovered", float64(a.Uncovered))
	add("alert_uncovered_seconds_total", a.UncoveredFor.Seconds())
	add("alerts_missed_total", float64(a.Missed))
	add("alerts_falsely_resolved_total", float64(a.FalselyResolved))
	add("alert_false_resolves_total", float64(a.FalseResolves))
	add("alert_first_delivery_seconds_sum", time.Duration(a.FirstDelivery.Total()).Seconds())
	add("alert_first_delivery_seconds_count", float64(a.FirstDelivery.Count()))
	add("alert_first_delivery_max_seconds", a.FirstDelivery.Max().Seconds())
}

// Store returns the samples of the first view, or nil if there are no virtual scrapes.
func (g *Group) Store() *scrape.Store {
	if g.scraper == nil {
		return nil
	}
	return g.scraper.views[0].store
}
