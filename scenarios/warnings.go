package scenarios

import (
	"slices"

	"github.com/prometheus/prometheus/discovery"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/document"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// Notes returns the warnings as text, one line each, with positions like those of errors.
func (f *File) Notes() []string {
	var notes []string
	for _, w := range f.Warnings() {
		notes = append(notes, w.Error())
	}
	return notes
}

// Warnings returns what is not wrong with the file but may surprise: sets whose Alertmanagers come from a service
// discovery and are not given in a test, flags that a release does not have, rules about metrics that are not
// simulated, and what check_notes.go finds.
func (f *File) Warnings() Errors {
	r := f.report.Fork()
	for _, rel := range f.Releases {
		if f.Flags.BatchSize != 0 && !rel.BatchSizeFlag {
			r.Errorf(f.flagsAt[document.BatchSizeFlag],
				"release %s has no flag %s, so the flag is ignored there; batches have at most %d alerts",
				rel.Name, document.BatchSizeFlag, rel.BatchSizeFor(f.Flags.BatchSize))
		}
	}
	for i, am := range f.Config.AlertingConfig.AlertmanagerConfigs {
		key := core.SetKey(i)
		if len(f.Discovered[key]) == 0 || slices.ContainsFunc(am.ServiceDiscoveryConfigs, static) {
			continue
		}
		for _, t := range f.Tests {
			if !slices.ContainsFunc(t.Timeline, func(e Event) bool { return e.givesTargets(key) }) {
				r.Errorf(t.Pos, "the targets of %s come from %s; give them with target_groups: {%s: [{targets: [...]}]}",
					key, strictyaml.Join(f.Discovered[key], "and"), key)
			}
		}
	}
	for _, note := range f.notes {
		r.Errorf(note.Pos, "%s", note.Msg)
	}
	return r.Errors()
}

// givesTargets reports whether the event sets the targets of the Alertmanager set with this key.
func (e *Event) givesTargets(key string) bool {
	_, given := e.TargetGroups[key]
	return given || e.Churn != nil && e.Churn.Set == key
}

func static(sd discovery.Config) bool {
	_, ok := sd.(discovery.StaticConfig)
	return ok
}
