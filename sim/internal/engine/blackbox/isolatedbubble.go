package blackbox

import (
	"cmp"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"

	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter/protocol"
)

// An isolatedBubble is the host of a manager in a bubble of its own, whose time is independent of the run. It is driven
// from outside the bubble, like a child process but within this process. Between calls its goroutine waits at channels
// that were made outside the bubble, so time in the bubble stands still.
type isolatedBubble struct {
	calls   chan func(*bubble) error
	results chan error
	ended   chan struct{}
	err     error // the error with which the bubble ended
}

func newIsolatedBubble(create func(doFunc) manager) *isolatedBubble {
	o := &isolatedBubble{calls: make(chan func(*bubble) error), results: make(chan error), ended: make(chan struct{})}
	go func() {
		defer close(o.ended)
		err, crash := recoverPanics(inBubble, func() error {
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
func (o *isolatedBubble) do(call func(*bubble) error) error {
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

// ask makes a call that has a result in the bubble.
func ask[T any](o *isolatedBubble, call func(*bubble) (T, error)) (result T, err error) {
	err = o.do(func(b *bubble) (err error) {
		result, err = call(b)
		return err
	})
	return result, err
}

func (o *isolatedBubble) ApplyConfig(cfg *config.Config) error {
	return o.do(func(b *bubble) error { return b.ApplyConfig(cfg) })
}

func (o *isolatedBubble) OfferTargets(tsets map[string][]*targetgroup.Group) (bool, error) {
	return ask(o, func(b *bubble) (bool, error) { return b.OfferTargets(tsets) })
}

func (o *isolatedBubble) Send(alerts []Alert) error {
	return o.do(func(b *bubble) error { return b.Send(alerts) })
}

func (o *isolatedBubble) Stop() error { return o.do((*bubble).Stop) }

func (o *isolatedBubble) Answer(request int, a protocol.Reply) error {
	return o.do(func(b *bubble) error { return b.Answer(request, a) })
}

func (o *isolatedBubble) CutBody(request int) error {
	return o.do(func(b *bubble) error { return b.CutBody(request) })
}

func (o *isolatedBubble) Begin(at int64) error {
	return o.do(func(b *bubble) error { return b.Begin(at) })
}

func (o *isolatedBubble) Advance(until int64) (int64, error) {
	return ask(o, func(b *bubble) (int64, error) { return b.Advance(until) })
}

func (o *isolatedBubble) Settle() (Events, error) { return ask(o, (*bubble).Settle) }

func (o *isolatedBubble) Samples() ([]engine.Sample, error) { return ask(o, (*bubble).Samples) }

func (o *isolatedBubble) Alertmanagers() ([]string, error) { return ask(o, (*bubble).Alertmanagers) }

// ExpectDeadlock implements Host. After it the bubble panics because goroutines in it still wait, which is expected.
func (o *isolatedBubble) ExpectDeadlock() error {
	err := o.do((*bubble).ExpectDeadlock)
	close(o.calls)
	<-o.ended
	return err
}

// Close implements Host. The bubble ends when all goroutines of the manager have ended.
func (o *isolatedBubble) Close() error {
	err := o.do((*bubble).Close)
	close(o.calls)
	<-o.ended
	if err == nil {
		err = o.err
	}
	return err
}
