package fuzz

import (
	"fmt"
	"strings"
)

// reloads draws new configurations. All reloads edit, remove or add the same set. If the Alertmanagers of several sets
// left at once, the random order of a Go map would decide which queue is drained first, or which of two equal sets
// keeps its queues. No target update names a set whose key changes, because an Alertmanager of two sets has two queues,
// and its requests do not show which of them they come from.
func (g *generator) reloads() {
	n := g.IntN(3) * int(g.reload)
	if n == 0 {
		return
	}
	edited := g.IntN(len(g.draft.sets) + 1) // the last index is that of a set that is added later
	targets := []string{"am-x:9093", "am-y:9093"}
	if edited < len(g.addresses) {
		targets = g.addresses[edited]
	}
	g.several = g.several || edited == len(g.addresses)
	for range n {
		var sets []string
		for i := range len(g.draft.sets) + 1 {
			same := i < len(g.draft.sets) && (i != edited || g.chance(40))
			switch {
			case same:
				sets = append(sets, strings.TrimPrefix(g.draft.sets[i], "- "))
			case i != edited:
			case g.chance(70):
				sets = append(sets, g.set(targets[:1+g.IntN(len(targets))]))
			default:
				g.shifts = g.shifts || edited+1 < len(g.draft.sets)
			}
		}
		global, rules := "", ""
		for _, line := range g.draft.global {
			if strings.HasPrefix(line, "global") {
				global = line + ", "
			} else {
				rules = line + ", "
			}
		}
		if g.chance(40) {
			global = pick(g, "", "global: {external_labels: {cluster: eu1}}, ",
				"global: {external_labels: {cluster: eu2, replica: b}}, ")
		}
		if g.chance(30) {
			rules = pick(g, "", "alert_relabel_configs: ["+g.rule()+"], ")
		}
		g.draft.timeline = append(g.draft.timeline,
			fmt.Sprintf("- {at: %s, reload: {config: {%salerting: {%salertmanagers: [%s]}}}}",
				g.at(), global, rules, strings.Join(sets, ", ")))
	}
}
