package scrape

import (
	"time"

	"github.com/prometheus/prometheus/rules"
)

// After a restart, a server restores since when each alert has been active, so that the restart does not restart the
// `for` of its rule. It reads this from the series ALERTS_FOR_STATE, which it wrote before it stopped. Prometheus' own
// code decides what happens to an alert that is active again after the restart (RestoreForState in rules/group.go at
// v3.16.0):
//
//   - If its last sample is older than outageTolerance, nothing is restored, and `for` restarts.
//   - If it was firing when the server stopped, it fires at the next evaluation.
//   - If it was pending, and the rule's `for` is shorter than forGracePeriod, `for` restarts. Otherwise the time during
//     which the server was down does not count, and the alert stays pending for at least forGracePeriod.
//
// Releases before v3.16 restore nothing if the rule's `for` is shorter than forGracePeriod (rules/group.go at v3.15.0).

// The defaults of --rules.alert.for-outage-tolerance and --rules.alert.for-grace-period.
const (
	outageTolerance = time.Hour
	forGracePeriod  = 10 * time.Minute
)

// evaluationsBeforeRestore is the number of evaluations before Prometheus restores `for`. The first evaluation may come
// before the first scrape, when no alert is active yet.
const evaluationsBeforeRestore = 2

// planRestore makes the group restore `for` after evaluationsBeforeRestore evaluations, if restores is true. Until then
// its rules write neither ALERTS nor ALERTS_FOR_STATE, since such samples would hide those from before the restart.
func (g *Group) planRestore(restores bool) {
	if restores {
		g.unrestored = evaluationsBeforeRestore
	}
	for _, r := range g.group.AlertingRules() {
		r.SetRestored(!restores)
	}
}

// restoreFor restores `for` if the evaluation at this time was the last one before the restoration.
func (g *Group) restoreFor(at time.Time) {
	if g.unrestored--; g.unrestored == 0 {
		kept := g.shortFor()
		g.group.RestoreForState(at)
		for a, since := range kept {
			a.ActiveAt = since
		}
	}
}

// shortFor returns the active alerts whose `for` the release does not restore, each with the time since when it is
// active.
func (g *Group) shortFor() map[*rules.Alert]time.Time {
	kept := map[*rules.Alert]time.Time{}
	for _, r := range g.group.AlertingRules() {
		if !g.restoresShortFor && r.HoldDuration() < forGracePeriod {
			r.ForEachActiveAlert(func(a *rules.Alert) { kept[a] = a.ActiveAt })
		}
	}
	return kept
}
