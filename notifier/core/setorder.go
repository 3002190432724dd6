package core

import "slices"

// Prometheus keeps its sets in a Go map. Where it iterates over that map, the order of the sets is random.

// DrainedSets returns the sets of the queues that are not empty, in the order of their first queues. setOf returns the
// set of a queue, drains reports whether the queue has alerts to drain.
func DrainedSets[Q any](queues []Q, setOf func(Q) *Set, drains func(Q) bool) (sets []*Set) {
	for _, q := range queues {
		if drains(q) && !slices.Contains(sets, setOf(q)) {
			sets = append(sets, setOf(q))
		}
	}
	return sets
}

// OrderDrains returns queues in the order in which they are closed. queues has the sets that drain in the order from;
// they are drained in the order to. The queues of a set stay together, and sets that do not drain keep their place.
func OrderDrains[Q any](queues []Q, setOf func(Q) *Set, from, to []*Set) []Q {
	var closed []Q
	var done []*Set
	for _, q := range queues {
		s := setOf(q)
		if slices.Contains(done, s) {
			continue
		}
		done = append(done, s)
		if i := slices.Index(from, s); i >= 0 {
			s = to[i]
		}
		for _, o := range queues {
			if setOf(o) == s {
				closed = append(closed, o)
			}
		}
	}
	return closed
}

// permuted returns the sets in an order, which is a permutation of their indices or nil.
func permuted(sets []*Set, order []int) []*Set {
	if len(order) != len(sets) {
		return sets
	}
	list := make([]*Set, len(sets))
	for i, n := range order {
		list[i] = sets[n]
	}
	return list
}
