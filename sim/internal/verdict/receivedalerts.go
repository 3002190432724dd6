package verdict

import (
	"strings"

	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/network"
)

// A report adds a failure at a position.
type report = func(pos scenarios.Pos, format string, args ...any)

// checkNames checks by their names which alerts an Alertmanager received in a window.
func (j *Judge) checkNames(e *scenarios.AlertmanagerTest, w *network.Window, in string, failed report) {
	if e.Alerts == nil && e.Contains == nil {
		return
	}
	want, got := map[string]bool{}, map[string]bool{}
	for _, name := range e.Alerts {
		want[name] = true
	}
	var surplus []string
	for number, name := range j.run.World.Labels.Names() {
		if w.Taken.Has(number) && !got[name] {
			got[name] = true
			if !want[name] {
				surplus = append(surplus, name)
			}
		}
	}
	missing := func(names []string) []string {
		var list []string
		for _, name := range names {
			if !got[name] {
				list = append(list, name)
			}
		}
		return list
	}
	if list := missing(e.Contains); len(list) > 0 {
		failed(e.ContainsPos, "did not receive all expected alerts %s: not %s", in, shortList(list))
	}
	if e.Alerts == nil {
		return
	}
	var wrong []string
	if list := missing(e.Alerts); len(list) > 0 {
		wrong = append(wrong, "not "+shortList(list))
	}
	if len(surplus) > 0 {
		wrong = append(wrong, "also "+shortList(surplus))
	}
	if len(wrong) > 0 {
		failed(e.AlertsPos, "received other alerts %s than expected: %s", in, strings.Join(wrong, ", "))
	}
}

func shortList(names []string) string { return text.Shorten(strings.Join(names, " "), 60) }

// checkLabels checks by all their labels which alerts an Alertmanager received in a window.
func (j *Judge) checkLabels(e *scenarios.AlertmanagerTest, w *network.Window, in string, failed report) {
	for _, want := range e.Labels {
		nearest, differing, found := labels.Labels{}, 0, false
		for number := range j.run.World.Labels.Names() {
			if !w.Taken.Has(number) {
				continue
			}
			got := j.run.World.Labels.Of(number)
			if d := differences(want.Labels, got); !found || d < differing {
				nearest, differing, found = got, d, true
			}
		}
		switch {
		case !found:
			failed(want.Pos, "received no alert %s, want one with the labels %s", in, want.Labels)
		case differing > 0:
			failed(want.Pos, "received no alert with the labels %s %s; the most similar one has %s", want.Labels, in, nearest)
		}
	}
}

// differences counts the labels that are not the same in two label sets.
func differences(a, b labels.Labels) int {
	n := 0
	a.Range(func(l labels.Label) {
		if b.Get(l.Name) != l.Value {
			n++
		}
	})
	b.Range(func(l labels.Label) {
		if !a.Has(l.Name) {
			n++
		}
	})
	return n
}
