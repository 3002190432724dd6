package fuzz

import (
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
)

// leastFault is the shortest compound fault of a draft. It is longer than the sender's shortest timeout, so that
// requests fall into it.
const leastFault = 3 * time.Second

// compounds draws compound faults. They have a random stream of their own, so that other parts of the draft do not
// depend on them.
func (g *generator) compounds(seed uint64) {
	c := *g
	c.Rand = rand.New(rand.NewPCG(seed, 0x636f6d706f756e64))
	if c.faults > 0 && c.chance(25*int(c.faults)) {
		c.zone()
	}
	if c.churn > 0 && !c.shifts && c.chance(25*int(c.churn)) {
		c.setChurn()
	}
}

// lasts draws a duration of at least leastFault and less than most.
func (g *generator) lasts(most time.Duration) time.Duration {
	return leastFault + time.Duration(g.IntN(int((most-leastFault)/time.Millisecond)))*time.Millisecond
}

// zone draws a zone outage or a swizzle of some Alertmanagers, which may belong to different sets.
func (g *generator) zone() {
	var targets []string
	for _, set := range g.addresses {
		for _, address := range set {
			if g.chance(60) {
				targets = append(targets, address)
			}
		}
	}
	if len(targets) == 0 {
		targets = append(targets, g.addresses[0][0])
	}
	kind, length := "zone_outage", g.lasts(20*time.Second)
	if g.chance(50) { // a swizzle: each target hangs for part of the time
		kind, length = "swizzle", max(length, time.Duration(len(targets))*leastFault)
	}
	g.draft.timeline = append(g.draft.timeline,
		fmt.Sprintf("- {at: %s, for: %v, %s: {targets: [%s]}}", g.at(), length, kind, quoted(targets)))
}

// setChurn draws churn of one set. It ends before the sender stops.
func (g *generator) setChurn() {
	n := g.IntN(len(g.addresses))
	pool := g.addresses[n]
	if len(pool) < 2 {
		return
	}
	every := g.lasts(9 * time.Second).String()
	if g.chance(60) {
		every = "{exponential: {mean: " + every + "}}"
	}
	churn := fmt.Sprintf("targets: [%s], every: %s, up: %d, leaves: %s", quoted(pool), every, 1+g.IntN(len(pool)-1),
		pick(g, "oldest", "random"))
	g.draft.timeline = append(g.draft.timeline, fmt.Sprintf("- {at: %dms, for: %v, churn: {%s: {%s}}}",
		g.IntN(35_000), g.lasts(24*time.Second), core.SetKey(n), churn))
}
