package sim

import (
	"slices"

	"github.com/notifysim/notifysim/notifier/core"
)

// A flightWatch is how the batch of a shared queue fares that is in flight.
type flightWatch struct {
	n     int
	begun bool
	sets  []setFate
}

// A setFate is how it fares at the Alertmanagers of one set, as it was when the batch was launched.
type setFate struct {
	set  *core.Set
	took bool
}

// launched says that a batch of n alerts leaves the shared queue; it is told again for each of its requests.
func (f *flightWatch) launched(n int) (first bool) {
	first = !f.begun
	if first {
		f.n, f.begun, f.sets = n, true, f.sets[:0]
	}
	return first
}

func (f *flightWatch) asked(rc *recipient) {
	rc.fate = slices.IndexFunc(f.sets, func(s setFate) bool { return s.set == rc.am.Set })
	if rc.fate < 0 {
		rc.fate = len(f.sets)
		f.sets = append(f.sets, setFate{set: rc.am.Set})
	}
}

func (f *flightWatch) ended(rc *recipient, took bool) {
	if took && rc.fate < len(f.sets) {
		f.sets[rc.fate].took = true
	}
}

// landed says that the batch in flight from a shared queue has come to its end, and whether the release counts it as lost; an engine
// that does not say so passes what follows from its counters, nothing.
func (w *watch) landed(lost, said bool) {
	f := &w.flight
	f.begun = false
	anyTook, allTook := false, true
	for _, s := range f.sets {
		anyTook = anyTook || s.took
		allTook = allTook && s.took
	}
	must := !allTook
	if w.release.Success == core.AnyAlertmanager {
		must = !anyTook
	}
	if must {
		w.losses.expected += f.n
	}
	if !said || f.n == 0 {
		return
	}
	switch {
	case !lost && !allTook:
		w.violated(atLeastOnePerSet, anyCase, nil, "a batch of %d alerts counts as delivered, though a set has no Alertmanager that took it", f.n)
	case lost && allTook && len(f.sets) > 0:
		w.violated(atLeastOnePerSet, anyCase, nil, "a batch of %d alerts counts as lost, though every set has an Alertmanager that took it", f.n)
	}
}
