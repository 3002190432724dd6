package sim

import (
	"strconv"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/scenarios"
)

// swizzle plans a swizzle as the i-th event of the timeline: in the first half of its time some of the targets begin to hang, one
// after the other, and in the second they are released, in another order.
func (r *run) swizzle(i, line int, at int64, s *scenarios.Swizzle) {
	random := fakeam.NewRandom(r.seed, "swizzle "+strconv.FormatInt(at, 10), strconv.Itoa(i))
	order := func(n int) []int {
		list := make([]int, n)
		for i := range list {
			j := int(random.Uint64() % uint64(i+1))
			list[i] = list[j]
			list[j] = i
		}
		return list
	}
	n := 1 + int(random.Uint64()%uint64(len(s.Targets)))
	chosen := order(len(s.Targets))[:n]
	half := int64(s.For) / 2
	key := "swizzle " + strconv.Itoa(i)
	hang := fakeam.Fault{Hang: true}
	begun := make([]int64, n)
	plan := func(at int64, do func()) {
		r.agenda.add(r.phase(at, classFault, i), classFault, i, actionFunc(func(r *run) { r.line = line; r.disturb(); do() }))
	}
	for k, c := range chosen {
		p := r.receiver(s.Targets[c])
		plan(at+half*int64(k)/int64(n), func() {
			p.am.BeginAt(r.now, hang, key)
			begun[k] = r.emit(Event{Kind: KindFaultBegin, Alertmanagers: []string{p.address}, Note: hang.String()})
		})
	}
	for turn, k := range order(n) {
		p := r.receiver(s.Targets[chosen[k]])
		plan(at+int64(s.For)-half+half*int64(turn+1)/int64(n), func() {
			p.am.End(key)
			r.cause = begun[k]
			r.emit(Event{Kind: KindFaultEnd, Alertmanagers: []string{p.address}, Note: hang.String()})
		})
	}
}
