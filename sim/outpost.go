package sim

import (
	"cmp"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
)

// An outpost is the host of a manager in a bubble of its own, with a time of its own, driven from outside: as a child process is, but
// in this one. Its goroutine waits for calls at channels that are not the bubble's, so that time there stands still meanwhile.
type outpost struct {
	calls   chan func(*bubble) error
	results chan error
	ended   chan struct{}
	err     error // how the bubble ended
}

func newOutpost(create func(doFunc) manager) *outpost {
	o := &outpost{calls: make(chan func(*bubble) error), results: make(chan error), ended: make(chan struct{})}
	go func() {
		defer close(o.ended)
		err, crash := sheltered(inBubble, func() error {
			b := newBubble(create)
			for call := range o.calls {
				o.results <- call(b)
			}
			return nil
		})
		o.err = cmp.Or(crash, err)
	}()
	return o
}

// do makes a call in the bubble.
func (o *outpost) do(call func(*bubble) error) error {
	select {
	case o.calls <- call:
	case <-o.ended:
		return o.err
	}
	select {
	case err := <-o.results:
		return err
	case <-o.ended:
		return o.err
	}
}

// ask makes a call in the bubble that has a result.
func ask[T any](o *outpost, call func(*bubble) (T, error)) (result T, err error) {
	err = o.do(func(b *bubble) (err error) {
		result, err = call(b)
		return err
	})
	return result, err
}

func (o *outpost) apply(cfg *config.Config) error {
	return o.do(func(b *bubble) error { return b.apply(cfg) })
}

func (o *outpost) offer(tsets map[string][]*targetgroup.Group) (bool, error) {
	return ask(o, func(b *bubble) (bool, error) { return b.offer(tsets) })
}

func (o *outpost) send(alerts []handed) error {
	return o.do(func(b *bubble) error { return b.send(alerts) })
}

func (o *outpost) stop() error { return o.do((*bubble).stop) }

func (o *outpost) answer(visit int, a reply) error {
	return o.do(func(b *bubble) error { return b.answer(visit, a) })
}

func (o *outpost) cut(visit int) error {
	return o.do(func(b *bubble) error { return b.cut(visit) })
}

func (o *outpost) begin(at int64) error {
	return o.do(func(b *bubble) error { return b.begin(at) })
}

func (o *outpost) advance(until int64) (int64, error) {
	return ask(o, func(b *bubble) (int64, error) { return b.advance(until) })
}

func (o *outpost) settle() (heard, error) { return ask(o, (*bubble).settle) }

func (o *outpost) samples() ([]Sample, error) { return ask(o, (*bubble).samples) }

func (o *outpost) alertmanagers() ([]string, error) { return ask(o, (*bubble).alertmanagers) }

// wedged implements host. The bubble ends with the goroutines that wait in it, which is no fault.
func (o *outpost) wedged() error {
	err := o.do((*bubble).wedged)
	close(o.calls)
	<-o.ended
	return err
}

// close implements host. The bubble ends when all goroutines of the manager have.
func (o *outpost) close() error {
	err := o.do((*bubble).close)
	close(o.calls)
	<-o.ended
	if err == nil {
		err = o.err
	}
	return err
}
