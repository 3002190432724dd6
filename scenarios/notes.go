package scenarios

import (
	"fmt"
	"slices"

	"github.com/prometheus/prometheus/discovery"
)

// Notes returns what is not wrong with the file but may surprise, one line each, with its place as errors have:
// Alertmanagers that a service discovery would find and a test does not give, and flags that a release does not have.
func (f *File) Notes() []string {
	var notes []string
	for _, r := range f.Releases {
		if f.Flags.BatchSize != 0 && !r.BatchSizeFlag {
			notes = append(notes, fmt.Sprintf("%s: release %s has no flag alertmanager.notification-batch-size; it is ignored there and batches are of at most %d",
				f.Path, r.Name, r.BatchSize))
		}
	}
	for i, am := range f.Config.AlertingConfig.AlertmanagerConfigs {
		key := fmt.Sprintf("config-%d", i)
		if len(f.Discovered[key]) == 0 || slices.ContainsFunc(am.ServiceDiscoveryConfigs, static) {
			continue
		}
		for _, t := range f.Tests {
			if !slices.ContainsFunc(t.Timeline, func(e Event) bool { _, given := e.TargetGroups[key]; return given }) {
				notes = append(notes, fmt.Sprintf("%s: the targets of %s come from %s; give them with target_groups: {%s: [{targets: [...]}]}",
					t.Pos, key, join(f.Discovered[key], "and"), key))
			}
		}
	}
	return notes
}

func static(sd discovery.Config) bool {
	_, ok := sd.(discovery.StaticConfig)
	return ok
}
