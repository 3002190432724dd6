package sim

import (
	"strconv"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/network"
	"github.com/notifysim/notifysim/sim/internal/world"
)

// planFault plans the begin and end of the fault that is the i-th event of the timeline.
func (r *run) planFault(i, line int, at int64, e *scenarios.Fault) {
	w, am := r.world, r.network.Alertmanager(e.Target)
	key := strconv.FormatInt(at, 10) + " " + e.Fault.String()
	w.Do(r.senders.Phase(at, world.ClassFault, i), world.ClassFault, i, func() {
		w.Line = line
		r.senders.Disturb()
		r.beginFault(am, e.Fault, key)
		begun := w.Emit(trace.Event{Kind: trace.KindFaultBegin, Alertmanagers: []string{am.Address}, Note: e.Fault.String()})
		if e.For > 0 {
			w.Do(r.senders.Phase(at+int64(e.For), world.ClassFault, i), world.ClassFault, i, func() {
				r.senders.Disturb()
				r.endFault(am, key)
				w.Cause = begun
				w.Emit(trace.Event{Kind: trace.KindFaultEnd, Alertmanagers: []string{am.Address}, Note: e.Fault.String()})
			})
		}
	})
}

func (r *run) beginFault(am *network.Alertmanager, f fakeam.Fault, key string) {
	if r.live == nil {
		am.Decides.StartFault(r.world.Now, f, key)
		return
	}
	r.world.Fail(r.live.BeginFault(am.Address, f, key))
}

func (r *run) endFault(am *network.Alertmanager, key string) {
	if r.live == nil {
		am.Decides.EndFault(key)
		return
	}
	r.world.Fail(r.live.EndFault(am.Address, key))
}

// planRestart plans the restart of an Alertmanager at the instant at, as the i-th event of the timeline.
func (r *run) planRestart(i, line int, at int64, e *scenarios.Restart) {
	w, n, am := r.world, r.network, r.network.Alertmanager(e.Target)
	w.Do(r.senders.Phase(at, world.ClassFault, i), world.ClassFault, i, func() {
		w.Line = line
		down := n.Stop(am, "restart", e.Down)
		if e.Down > 0 {
			w.Do(r.senders.Phase(at+int64(e.Down), world.ClassFault, i), world.ClassFault, i, func() {
				w.Cause = down
				n.Start(am, "restart")
			})
		}
		n.Break(am, i, down, func() {
			if e.Down == 0 {
				n.Start(am, "restart")
			}
		})
	})
}

// planSwizzle plans a swizzle as the i-th event of the timeline. During the first half of its time some of its targets,
// drawn at random, begin to hang one after the other; during the second half they are released, in another order.
func (r *run) planSwizzle(i, line int, at int64, s *scenarios.Swizzle) {
	random := fakeam.NewRandom(r.world.Seed, "swizzle "+strconv.FormatInt(at, 10), strconv.Itoa(i))
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
		r.world.Do(r.senders.Phase(at, world.ClassFault, i), world.ClassFault, i, func() {
			r.world.Line = line
			r.senders.Disturb()
			do()
		})
	}
	for k, c := range chosen {
		p := r.network.Alertmanager(s.Targets[c])
		plan(at+half*int64(k)/int64(n), func() {
			p.Decides.StartFault(r.world.Now, hang, key)
			begun[k] = r.world.Emit(trace.Event{
				Kind: trace.KindFaultBegin, Alertmanagers: []string{p.Address}, Note: hang.String(),
			})
		})
	}
	for turn, k := range order(n) {
		p := r.network.Alertmanager(s.Targets[chosen[k]])
		plan(at+int64(s.For)-half+half*int64(turn+1)/int64(n), func() {
			p.Decides.EndFault(key)
			r.world.Cause = begun[k]
			r.world.Emit(trace.Event{Kind: trace.KindFaultEnd, Alertmanagers: []string{p.Address}, Note: hang.String()})
		})
	}
}
