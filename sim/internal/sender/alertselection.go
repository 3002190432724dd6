package sender

import "github.com/prometheus/prometheus/model/labels"

// SelectAlerts returns the alerts whose labels at the source match, by their numbers in the AlertLog. Of alerts that
// relabelling merges it has the lowest number.
func (g *Group) SelectAlerts(match func(labels.Labels) bool) map[int]bool {
	selected := map[int]bool{}
	for alert, ls := range g.sources.labels {
		if match(ls) {
			selected[g.sources.log.Merged(alert)] = true
		}
	}
	return selected
}
