package sender

import (
	"math"
	"time"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/internal/scrape"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/network"
	"github.com/notifysim/notifysim/sim/internal/world"
	"github.com/notifysim/notifysim/sim/ledger"
)

// A scraper simulates Prometheus servers that scrape the senders, the Alertmanagers and the ledger at every scrape
// interval (see scenarios.Metrics).
type scraper struct {
	views   []*view
	samples []scrape.Sample
	values  []float64 // the values of the samples
	again   bool      // the target has the same series as at its last scrape, so only values are stored
	listed  int       // the number of Alertmanagers in the last scrape of the ledger
	shown   []exposed // which series each sender's last scrape had
	// versions is the number of API versions in the last scrape of each Alertmanager.
	versions map[*network.Alertmanager]int
	// lost counts the alerts that no Alertmanager accepted by the reason for which their last copy was lost. The last
	// element counts those with the reason noAlertmanager.
	lost  [len(ledger.Dropped{}) + 1]int64
	seen  fakeam.Bitset
	meter ledger.AlertMeter
}

// exposed identifies the set of series that a sender exposes.
type exposed struct {
	of    engine.Engine
	shape int
}

// A view is the storage of one scraping Prometheus, with its targets.
type view struct {
	store         *scrape.Store
	senders       []*scrape.Target
	ledger        *scrape.Target
	alertmanagers map[*network.Alertmanager]*scrape.Target
}

// noAlertmanager is the reason for alerts that entered no queue because there was no Alertmanager.
const noAlertmanager = "no_alertmanager"

// deliveryBuckets are the upper bounds of the buckets of alert_delivery_seconds.
var deliveryBuckets = []struct {
	le    string
	bound time.Duration
}{
	{"0.005", 5 * time.Millisecond}, {"0.01", 10 * time.Millisecond}, {"0.025", 25 * time.Millisecond},
	{"0.05", 50 * time.Millisecond}, {"0.1", 100 * time.Millisecond}, {"0.25", 250 * time.Millisecond},
	{"0.5", 500 * time.Millisecond}, {"1.0", time.Second}, {"2.5", 2500 * time.Millisecond},
	{"5.0", 5 * time.Second}, {"10.0", 10 * time.Second}, {"30.0", 30 * time.Second},
	{"60.0", time.Minute}, {"120.0", 2 * time.Minute}, {"300.0", 5 * time.Minute}, {"600.0", 10 * time.Minute},
}

// deliveryBins are the bins of ledger.Delays that end at the bounds of deliveryBuckets.
var deliveryBins = func() []int {
	bins := make([]int, len(deliveryBuckets))
	for i, b := range deliveryBuckets {
		bins[i] = ledger.BinOf(int64(b.bound))
	}
	return bins
}()

// newScraper returns a scraper. Without rule files it has one view, of a Prometheus that scrapes all senders. With rule
// files it has a view for each sender, because the rules append samples to what their server scraped.
func newScraper(g *Group) *scraper {
	s := &scraper{
		shown: make([]exposed, len(g.senders)), listed: -1, versions: map[*network.Alertmanager]int{},
	}
	for i := range g.senders {
		if i == 0 || len(g.File.RuleFiles) > 0 {
			s.views = append(s.views, newView(g.Test.Start, len(g.senders)))
		}
	}
	return s
}

// newView returns the view of a Prometheus that scrapes n senders.
func newView(start time.Duration, n int) *view {
	v := &view{
		store: &scrape.Store{Start: start.Milliseconds()}, alertmanagers: map[*network.Alertmanager]*scrape.Target{},
	}
	for i := range n {
		v.senders = append(v.senders, v.store.Target(scenarios.JobPrometheus, scenarios.InstancePrometheus(i, n)))
	}
	v.ledger = v.store.Target(scenarios.JobLedger, scenarios.InstanceLedger)
	return v
}

// viewOf returns the view of the Prometheus that a sender is part of.
func (s *scraper) viewOf(of *Sender) *view { return s.views[min(of.number, len(s.views)-1)] }

// planScraper plans the virtual scrapes, if they are turned on: from 0s until one scrape interval after the last
// planned event, or until the end of the run.
func (g *Group) planScraper() {
	if g.scraper == nil {
		return
	}
	interval := int64(g.File.ScrapeInterval)
	var at int64
	var next world.EventFunc
	next = func() {
		g.World.Fail(g.scraper.scrape(g))
		if at = later(at, interval); at <= later(g.Horizon, interval) && at < math.MaxInt64 {
			g.World.Add(at, world.ClassScrape, 1, next)
		}
	}
	g.World.Add(0, world.ClassScrape, 1, next)
}

// settle counts the alerts of a closed send that no Alertmanager accepted.
func (s *scraper) settle(from *alerts.Send, anyAlertmanager bool) {
	if from.Taken.Unique == int64(from.N) {
		return
	}
	s.seen.Reset()
	for i := range from.N {
		if from.Taken.Has(i) {
			s.seen.Add(i, 1)
		}
	}
	for i := len(from.Losses) - 1; i >= 0; i-- {
		l := from.Losses[i]
		s.lost[l.Why] += int64(l.Send.SetBits(&s.seen, l.From, l.To))
	}
	if !anyAlertmanager {
		s.lost[len(s.lost)-1] += int64(from.N) - s.seen.Unique
	}
}

// scrape scrapes every target and stores the samples.
func (s *scraper) scrape(g *Group) error {
	at := g.World.Now / int64(time.Millisecond)
	for _, from := range g.senders {
		if err := s.ofSender(from, at); err != nil {
			return err
		}
	}
	for _, s := range g.senders {
		g.World.Fail(s.engine.Measure())
		s.fill()
	}
	for _, am := range g.Network.Alertmanagers() {
		g.Network.Expire(am)
	}
	s.begin(s.listed == len(g.Network.Alertmanagers()))
	s.listed = len(g.Network.Alertmanagers())
	s.ofLedger(g)
	s.ofAlerts(g)
	for _, v := range s.views {
		if err := s.store(v.ledger, at); err != nil {
			return err
		}
	}
	for _, p := range g.Network.Alertmanagers() {
		versions := versionsOf(g.Release, p)
		s.begin(len(versions) == s.versions[p])
		s.versions[p] = len(versions)
		s.ofAlertmanager(p, versions)
		for _, v := range s.views {
			if err := s.store(v.alertmanager(p), at); err != nil {
				return err
			}
		}
	}
	return nil
}

// begin prepares the next scrape. again says that the target has the same series as at its last scrape.
func (s *scraper) begin(again bool) {
	s.samples, s.values, s.again = s.samples[:0], s.values[:0], again
}

// store stores the collected samples in a target.
func (s *scraper) store(t *scrape.Target, at int64) error {
	if s.again {
		return t.ScrapeAgain(at, s.values)
	}
	return t.Scrape(at, s.samples)
}

// ofSender scrapes a sender. The scrape fails while the sender stops, and while the manager's lock is held, since the
// simulation assumes that the lock is held for longer than scrape_timeout.
func (s *scraper) ofSender(from *Sender, at int64) error {
	if from.engine.Locked() || from.stopping {
		for _, v := range s.views {
			if err := v.senders[from.number].Fail(at); err != nil {
				return err
			}
		}
		return nil
	}
	samples, err := from.engine.Samples()
	if err != nil {
		return err
	}
	shows, last := exposed{from.engine, from.engine.Shape()}, &s.shown[from.number]
	s.begin(shows.shape > 0 && shows == *last)
	*last = shows
	for i := range samples {
		x := &samples[i]
		s.add(x.Name, x.Value, "alertmanager", x.Alertmanager, "le", x.Le)
	}
	for _, v := range s.views {
		if err := s.store(v.senders[from.number], at); err != nil {
			return err
		}
	}
	return nil
}

func (v *view) alertmanager(p *network.Alertmanager) *scrape.Target {
	t := v.alertmanagers[p]
	if t == nil {
		t = v.store.Target(scenarios.JobAlertmanager, p.Address)
		v.alertmanagers[p] = t
	}
	return t
}

// add appends a sample. labels alternates names and values; labels with an empty value are left out.
func (s *scraper) add(name string, v float64, labels ...string) {
	if s.values = append(s.values, v); s.again {
		return
	}
	x := scrape.Sample{Name: name, Value: v}
	n := 0
	for i := 0; i < len(labels); i += 2 {
		if labels[i+1] != "" {
			x.Labels[n] = scrape.Label{Name: labels[i], Value: labels[i+1]}
			n++
		}
	}
	s.samples = append(s.samples, x)
}

// ofLedger appends the metrics that notifysim derives from its ledger.
func (s *scraper) ofLedger(g *Group) {
	var offered, sends, blocked int64
	for _, from := range g.senders {
		a := from.accounts
		offered += a.Total.Offered + a.Unasked
		sends += a.Total.Sends
		blocked += a.Total.Blocked
	}
	s.add("alerts_offered_total", float64(offered))
	s.add("alert_sends_total", float64(sends))
	s.add("alert_sends_blocked_total", float64(blocked))
	for _, why := range core.Reasons() {
		s.add("alerts_lost_total", float64(s.lost[why]), "reason", why.String())
	}
	s.add("alerts_lost_total", float64(s.lost[len(s.lost)-1]), "reason", noAlertmanager)
	s.delivered(ledger.Any, g.Delays(""))
	for _, p := range g.Network.Alertmanagers() {
		var a ledger.Account
		for _, from := range g.senders {
			a.Add(&from.accounts.Peers()[p.Rank].Account)
		}
		s.delivered(p.Address, g.Delays(p.Address))
		s.add("alert_requests_total", float64(a.Requests), "to", p.Address)
		s.add("alerts_queued", float64(a.Queued), "alertmanager", p.Address)
		s.add("alerts_in_flight", float64(a.InFlight), "alertmanager", p.Address)
		for _, why := range core.Reasons() {
			s.add("alerts_dropped_total", float64(a.Dropped.Of(why)), "alertmanager", p.Address, "reason", why.String())
		}
	}
}

func (s *scraper) delivered(to string, d *ledger.Delays) {
	s.add("alerts_delivered_total", float64(d.Count()), "to", to)
	below := ledger.Cumulative{Delays: d}
	for i, b := range deliveryBuckets {
		s.add("alert_delivery_seconds_bucket", float64(below.UpTo(deliveryBins[i])), "to", to, "le", b.le)
	}
	s.add("alert_delivery_seconds_bucket", float64(d.Count()), "to", to, "le", "+Inf")
	s.add("alert_delivery_seconds_sum", d.Seconds(), "to", to)
	s.add("alert_delivery_seconds_count", float64(d.Count()), "to", to)
}
