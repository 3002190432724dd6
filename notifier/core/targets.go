package core

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prometheus/prometheus/discovery/targetgroup"
)

// TakesTargets reports whether the notifier would take a target update now.
func (c *Core[S]) TakesTargets() bool {
	if c.state != running || c.updating {
		return false
	}
	return c.rel.Targets == TargetsAtOnce || c.shared.batch.pending == 0
}

// OfferTargets offers a set of target groups from service discovery, by set key. It reports whether the notifier took it;
// service discovery repeats an offer that was not taken. One that is taken while a reload holds the lock waits for it. When it
// is carried out, wrong is called with what is wrong with single groups or keys, which are left out.
func (c *Core[S]) OfferTargets(tsets map[string][]*targetgroup.Group, wrong func([]error)) (taken bool) {
	if !c.TakesTargets() {
		return false
	}
	c.UpdateTargets(tsets, wrong)
	return true
}

// UpdateTargets carries out a target update as soon as the lock is free, whatever else is on its way: what Run does once it has
// received one.
func (c *Core[S]) UpdateTargets(tsets map[string][]*targetgroup.Group, wrong func([]error)) {
	c.updating = true
	c.exclusively(operation{
		op:       func() { wrong(c.update(tsets)) },
		released: func() { c.updating = false },
	})
}

// Updating reports whether a target update waits for the lock or holds it.
func (c *Core[S]) Updating() bool { return c.updating }

// UnknownKeys returns what is wrong with the keys of a target update: one error, in their order, for each that is of no set.
func UnknownKeys(sets []*Set, tsets map[string][]*targetgroup.Group) (errs []error) {
	for key := range tsets {
		if !slices.ContainsFunc(sets, func(s *Set) bool { return s.Key == key }) {
			errs = append(errs, fmt.Errorf("target update for %q, which is not an alertmanagers entry", key))
		}
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errs
}

func (c *Core[S]) update(tsets map[string][]*targetgroup.Group) (errs []error) {
	errs = UnknownKeys(c.sets, tsets)
	for _, s := range c.sets {
		if tgs, ok := tsets[s.Key]; ok {
			if s.Deadlocked {
				c.locked = true // for ever
				return errs
			}
			errs = append(errs, c.syncSet(s, tgs)...)
		}
	}
	c.lock(Removed)
	if c.rel.Targets == TargetsBetweenBatches && c.rel.EmptyPost != EmptyNever {
		c.sendBatch(&c.shared.batch)
	}
	return errs
}

// syncSet gives a set its targets, and opens and closes loops.
func (c *Core[S]) syncSet(s *Set, tgs []*targetgroup.Group) []error {
	joined, left, errs := s.Sync(tgs)
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
	return errs
}

// targetLeft says that an Alertmanager is gone, and deletes its series in releases that do.
func (c *Core[S]) targetLeft(am *Alertmanager, l *SendLoop[S]) {
	c.drv.Left(am, l)
	c.metrics.targetLeft(am)
	if c.rel.DropSeries {
		c.drv.DeleteLatencies(am)
	}
}

// retarget makes all active Alertmanagers the targets of the shared loop.
func (c *Core[S]) retarget() {
	if c.shared == nil {
		return
	}
	c.shared.Targets = c.shared.Targets[:0]
	for _, s := range c.sets {
		c.shared.Targets = append(c.shared.Targets, s.Active...)
	}
}
