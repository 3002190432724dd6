package scenarios

import (
	"cmp"
	"slices"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

const maxReplicas = 8 // of a test, as the tags of the format have it

// replicas reads how many servers a test has; a wrong number is as many as there may be, so that nothing else is wrong for it.
func replicas(test, file strictyaml.Value[int64]) int {
	if test.Invalid || !test.Given() && file.Invalid {
		return maxReplicas
	}
	return int(cmp.Or(test.V, file.V, 1))
}

// replica reads which of the test's servers is meant, 0 for all of them. A wrong one is nobody.
func (t *testChecker) replica(v strictyaml.Value[int64]) int {
	if v.OK() && v.V > int64(t.test.Replicas) {
		t.Errorf(v.Pos, "there is no replica %d, the test has %d; %s", v.V, t.test.Replicas, moreReplicas(t.test.Replicas))
	}
	if v.Invalid {
		return maxReplicas + 1
	}
	return int(v.V)
}

func moreReplicas(n int) string {
	if n == 1 {
		return "write replicas: 2, or leave replica out"
	}
	return "write a lower one, or more replicas"
}

// Of reports whether the event is of the server with a number, from 1 on.
func (e *Event) Of(replica int) bool { return e.Replica == 0 || e.Replica == replica }

// shutdowns reports what happens after all servers that it is of are shut down.
func (t *testChecker) shutdowns() {
	if !slices.ContainsFunc(t.test.Timeline, func(e Event) bool { return e.Shutdown != nil }) {
		return
	}
	down := make([]*Event, t.test.Replicas+1) // by replica, from 1 on
	last := func(e *Event) *Event {           // of the shutdowns, if all are that e is of
		var last *Event
		for i := 1; i < len(down); i++ {
			if e.Of(i) {
				if last = down[i]; last == nil {
					return nil
				}
			}
		}
		return last
	}
	for i := range t.test.Timeline {
		e := &t.test.Timeline[i]
		before := last(e)
		switch {
		case e.Shutdown != nil && before != nil:
			t.Errorf(e.Pos, "a second shutdown, the first is on line %d; remove one", before.Pos.Line)
		case before != nil:
			t.Errorf(e.Pos, "nothing happens after the shutdown on line %d; move this before it, or remove it", before.Pos.Line)
		case e.Shutdown != nil:
			for i := 1; i < len(down); i++ {
				if e.Of(i) && down[i] == nil {
					down[i] = e
				}
			}
		}
	}
	if before := last(&Event{}); before != nil {
		for _, e := range t.test.Timeline {
			if e.Churn != nil && e.At <= before.At && e.At+e.Churn.For > before.At {
				t.Errorf(e.Pos, "the churn goes on after the shutdown on line %d; write a shorter for", before.Pos.Line)
			}
		}
	}
}
