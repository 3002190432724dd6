package scenarios

import (
	"slices"

	"github.com/prometheus/prometheus/discovery"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// Notes returns what is not wrong with the file but may surprise, one line each, with its place as errors have.
func (f *File) Notes() []string {
	var notes []string
	for _, w := range f.Warnings() {
		notes = append(notes, w.Error())
	}
	return notes
}

// Warnings are the notes, to be shown or taken as errors are: Alertmanagers that a service discovery would find and a test
// does not give, flags that a release does not have, and rules about what is not simulated.
func (f *File) Warnings() Errors {
	r := f.report.Fork()
	for _, rel := range f.Releases {
		if f.Flags.BatchSize != 0 && !rel.BatchSizeFlag {
			r.Errorf(f.flagsAt[batchSizeFlag], "release %s has no flag %s; it is ignored there and batches are of at most %d",
				rel.Name, batchSizeFlag, rel.BatchSize)
		}
	}
	for i, am := range f.Config.AlertingConfig.AlertmanagerConfigs {
		key := core.SetKey(i)
		if len(f.Discovered[key]) == 0 || slices.ContainsFunc(am.ServiceDiscoveryConfigs, static) {
			continue
		}
		for _, t := range f.Tests {
			if !slices.ContainsFunc(t.Timeline, func(e Event) bool {
				_, given := e.TargetGroups[key]
				return given || e.Churn != nil && e.Churn.Set == key
			}) {
				r.Errorf(t.Pos, "the targets of %s come from %s; give them with target_groups: {%s: [{targets: [...]}]}",
					key, strictyaml.Join(f.Discovered[key], "and"), key)
			}
		}
	}
	for _, e := range f.remarks {
		r.Errorf(e.Pos, "%s", e.Msg)
	}
	return r.Errors()
}

func static(sd discovery.Config) bool {
	_, ok := sd.(discovery.StaticConfig)
	return ok
}
