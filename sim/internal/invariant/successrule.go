package invariant

import (
	"slices"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/engine"
)

// A batchState is how the batch of a shared queue that is in flight fares.
type batchState struct {
	n     int
	begun bool
	sets  []setOutcome
}

// A setOutcome is how it fares at the Alertmanagers of one set, as it was when the batch went out.
type setOutcome struct {
	set  *core.Set
	took bool
}

// BatchBegins says that a batch of n copies leaves the shared queue.
func (c *Checker) BatchBegins(n int) {
	b := &c.batch
	b.n, b.begun, b.sets = n, true, b.sets[:0]
}

// Asked says that a request of the batch goes to an Alertmanager.
func (c *Checker) Asked(am *core.Alertmanager) {
	t, b := c.state(am), &c.batch
	t.set = slices.IndexFunc(b.sets, func(s setOutcome) bool { return s.set == am.Set })
	if t.set < 0 {
		t.set = len(b.sets)
		b.sets = append(b.sets, setOutcome{set: am.Set})
	}
}

func (b *batchState) ended(t *targetState, took bool) {
	if took && t.set < len(b.sets) {
		b.sets[t.set].took = true
	}
}

// BatchDone says that the batch in flight from a shared queue has ended, and how the release counts it.
func (c *Checker) BatchDone(lost engine.Judgement) {
	if c.shared == nil {
		return
	}
	b := &c.batch
	b.begun = false
	anyTook, allTook := false, true
	for _, s := range b.sets {
		anyTook = anyTook || s.took
		allTook = allTook && s.took
	}
	must := !allTook
	if c.release.Success == core.AnyAlertmanager {
		must = !anyTook
	}
	if must {
		c.losses.expected += b.n
	}
	if lost == engine.Unseen || b.n == 0 {
		return
	}
	switch {
	case lost == engine.CountedDelivered && !allTook:
		c.violated(atLeastOnePerSet, anyCase, "",
			"a batch of %d alerts counts as delivered, though a set has no Alertmanager that took it", b.n)
	case lost == engine.CountedLost && allTook && len(b.sets) > 0:
		c.violated(atLeastOnePerSet, anyCase, "",
			"a batch of %d alerts counts as lost, though every set has an Alertmanager that took it", b.n)
	}
}
