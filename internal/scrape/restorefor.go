package scrape

import "time"

// After a restart a server restores since when each alert has been active, so that an outage does not start `for` anew.
// It reads the series ALERTS_FOR_STATE, which it wrote before it stopped. Prometheus' own code decides what
// happens to an alert that is active again (RestoreForState in rules/group.go at v3.15.0):
//
//   - Its last sample is older than outageTolerance, or the rule's `for` is shorter than forGracePeriod: nothing is
//     restored, and `for` starts anew.
//   - It was firing when the server stopped: it fires at the next evaluation.
//   - It was pending: the time during which the server was down does not count, and the alert stays pending for at
//     least forGracePeriod.

// The defaults of --rules.alert.for-outage-tolerance and --rules.alert.for-grace-period.
const (
	outageTolerance = time.Hour
	forGracePeriod  = 10 * time.Minute
)

// evaluationsBeforeRestore is how many evaluations Prometheus makes before it restores `for`: the first may come before
// the first scrape, and then it finds no alert active.
const evaluationsBeforeRestore = 2

// planRestore has the group restore `for` after evaluationsBeforeRestore evaluations, or never. Until then its rules
// write neither ALERTS nor ALERTS_FOR_STATE, which would hide the samples from before the restart.
func (g *Group) planRestore(restores bool) {
	if restores {
		g.unrestored = evaluationsBeforeRestore
	}
	for _, r := range g.group.AlertingRules() {
		r.SetRestored(!restores)
	}
}

// restoreFor restores `for` if the evaluation at this time was the last before that.
func (g *Group) restoreFor(at time.Time) {
	if g.unrestored--; g.unrestored == 0 {
		g.group.RestoreForState(at)
	}
}
