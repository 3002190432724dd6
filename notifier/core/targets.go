package core

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/discovery/targetgroup"
)

// TakesTargets reports whether the notifier would accept a target update now.
func (c *Core[S]) TakesTargets() bool {
	if c.state != running || c.updating {
		return false
	}
	return c.rel.Targets == TargetsAtOnce || c.shared.batch.pending == 0 //mutant:busy-loop-takes-target-updates
}

// OfferTargets offers the notifier a target update from service discovery, by set key, and reports whether it was
// accepted. Service discovery repeats an update that was not. If a reload holds the lock, an accepted update waits for
// it. When the update is made, wrong is called with an error for each group and each key that is ignored.
func (c *Core[S]) OfferTargets(tsets map[string][]*targetgroup.Group, wrong func([]error)) (taken bool) {
	if !c.TakesTargets() {
		return false
	}
	c.UpdateTargets(tsets, wrong)
	return true
}

// UpdateTargets makes a target update as soon as the lock is free, as Run does after it has received the update.
func (c *Core[S]) UpdateTargets(tsets map[string][]*targetgroup.Group, wrong func([]error)) {
	c.updating = true
	c.lock.Change(func() { wrong(c.update(tsets)) }, func() { c.updating = false })
}

// Updating reports whether a target update waits for the lock or holds it.
func (c *Core[S]) Updating() bool { return c.updating }

func (c *Core[S]) update(tsets map[string][]*targetgroup.Group) (errs []error) {
	errs = UnknownKeys(c.sets, tsets)
	deadlocked := UpdateSets(c.sets, tsets, func(s *Set, joined, left []*Alertmanager, wrong []error) {
		errs = append(errs, wrong...)
		c.synced(s, joined, left)
	})
	if deadlocked {
		c.lock.Hold() // for ever
		return errs
	}
	c.closeLoops(Removed)
	if c.rel.Targets == TargetsBetweenBatches && c.rel.EmptyPost != EmptyNever {
		c.sendBatch(&c.shared.batch)
	}
	return errs
}

// UnknownKeys returns an error for each key of a target update that is not the key of a set, sorted by key.
func UnknownKeys(sets []*Set, tsets map[string][]*targetgroup.Group) (errs []error) {
	for key := range tsets {
		if !slices.ContainsFunc(sets, func(s *Set) bool { return s.Key == key }) {
			errs = append(errs, fmt.Errorf("target update for the key %q, which no entry under alertmanagers has", key))
		}
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errs
}

// UpdateSets gives each set its targets from tsets, by set key, and calls synced with the result of Set.Sync. Sets
// without a key in tsets are left alone. It stops at a set whose lock is held for ever, and then returns true.
func UpdateSets(
	sets []*Set, tsets map[string][]*targetgroup.Group, synced func(s *Set, joined, left []*Alertmanager, errs []error),
) (deadlocked bool) {
	for _, s := range sets {
		tgs, ok := tsets[s.Key]
		switch {
		case !ok:
			continue
		case s.Deadlocked:
			return true
		}
		joined, left, errs := s.Sync(tgs)
		synced(s, joined, left, errs)
	}
	return false
}

// synced opens a send loop for each Alertmanager that joined a set, and closes the loops of those that left.
func (c *Core[S]) synced(s *Set, joined, left []*Alertmanager) {
	for _, am := range joined {
		if c.shared != nil {
			c.drv.Joined(am, c.shared)
		}
	}
	for _, am := range s.Active {
		if c.shared != nil {
			c.metrics.targetJoined(am)
		} else if c.loops[am] == nil {
			c.loops[am] = c.newLoop(am)
			c.metrics.targetJoined(am)
			c.drv.Joined(am, c.loops[am])
		}
	}
	for _, am := range left {
		if c.shared != nil {
			c.targetLeft(am, c.shared)
		} else if l := c.loops[am]; l != nil {
			c.closing = append(c.closing, l)
		}
	}
	c.retarget()
}

// targetLeft reports to the driver that an Alertmanager left, and deletes its series in releases that do so.
func (c *Core[S]) targetLeft(am *Alertmanager, l *SendLoop[S]) {
	c.drv.Left(am, l)
	c.metrics.targetLeft(am)
	if c.rel.DropSeries {
		c.drv.DeleteLatencies(am)
	}
}

// retarget makes the active Alertmanagers of all sets the targets of the shared loop.
func (c *Core[S]) retarget() {
	if c.shared == nil {
		return
	}
	c.shared.Targets = c.shared.Targets[:0] //mutant:removed-alertmanager-is-still-fed
	for _, s := range c.sets {
		c.shared.Targets = append(c.shared.Targets, s.Active...)
	}
}
