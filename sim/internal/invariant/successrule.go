package invariant

import (
	"slices"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/engine"
)

// A batchState is the batch of a shared queue that is in flight, and its outcome so far.
type batchState struct {
	n     int
	begun bool
	sets  []setOutcome
}

// A setOutcome says whether an Alertmanager of a set accepted the batch. It is about the set as it was when the batch
// went out.
type setOutcome struct {
	set      *core.Set
	accepted bool
}

// BatchBegins records that a batch of n copies leaves the shared queue.
func (c *Checker) BatchBegins(n int) {
	b := &c.batch
	b.n, b.begun, b.sets = n, true, b.sets[:0]
}

// Asked records that a request of the batch goes to an Alertmanager.
func (c *Checker) Asked(am *core.Alertmanager) {
	t, b := c.state(am), &c.batch
	t.set = slices.IndexFunc(b.sets, func(s setOutcome) bool { return s.set == am.Set })
	if t.set < 0 {
		t.set = len(b.sets)
		b.sets = append(b.sets, setOutcome{set: am.Set})
	}
}

// accepted records that a target accepted the batch.
func (b *batchState) accepted(t *targetState) {
	if t.set < len(b.sets) {
		b.sets[t.set].accepted = true
	}
}

// BatchDone records that the batch in flight from a shared queue has ended, and how the release counts it.
func (c *Checker) BatchDone(lost engine.Judgement) {
	if c.shared == nil {
		return
	}
	b := &c.batch
	b.begun = false
	one, all := false, true
	for _, s := range b.sets {
		one = one || s.accepted
		all = all && s.accepted
	}
	failed := !all
	if c.release.Success == core.AnyAlertmanager {
		failed = !one
	}
	if failed {
		c.losses.expected += b.n
	}
	if lost == engine.Unseen || b.n == 0 {
		return
	}
	switch {
	case lost == engine.CountedDelivered && !all:
		c.violated(atLeastOnePerSet, anyCase, "",
			"a batch of %d alerts counts as delivered, though no Alertmanager of one set accepted it", b.n)
	case lost == engine.CountedLost && all && len(b.sets) > 0:
		c.violated(atLeastOnePerSet, anyCase, "",
			"a batch of %d alerts counts as lost, though an Alertmanager of every set accepted it", b.n)
	}
}
