package engine

import "slices"

// SetOrders are the orders in which Go's random iteration over maps yielded the Alertmanager sets of real notifiers: a
// list for each sender, in the order in which they were drawn (see SetOrder of core.Driver). A run of the model that
// follows them makes the same random choices. nil has no orders.
type SetOrders struct {
	bySender map[int][][]int
}

// Add adds the order that the notifier of a sender draws next. The caller may still change the elements of order before
// the run ends.
func (s *SetOrders) Add(sender int, order []int) {
	if s == nil {
		return
	}
	if s.bySender == nil {
		s.bySender = map[int][][]int{}
	}
	s.bySender[sender] = append(s.bySender[sender], order)
}

// Replay returns the orders for one run that follows them.
func (s *SetOrders) Replay() *SetOrders {
	if s == nil {
		return nil
	}
	c := &SetOrders{bySender: map[int][][]int{}}
	for sender, orders := range s.bySender {
		c.bySender[sender] = slices.Clone(orders)
	}
	return c
}

// Next removes and returns the next order of a sender, or nil if there is none.
func (s *SetOrders) Next(sender int) []int {
	if s == nil || len(s.bySender[sender]) == 0 {
		return nil
	}
	next := s.bySender[sender][0]
	s.bySender[sender] = s.bySender[sender][1:]
	return next
}
