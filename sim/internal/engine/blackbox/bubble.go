package blackbox

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"

	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter/protocol"
)

// A manager is a notifier.Manager, with methods for the calls in which the Manager of this module and that of
// Prometheus differ.
type manager interface {
	ApplyConfig(*config.Config) error
	Run(<-chan map[string][]*targetgroup.Group)
	Stop()
	Alertmanagers() []*url.URL
	// send calls Send with alerts that no other call uses. Their times count from start.
	send(start time.Time, alerts []Alert)
	samples() ([]engine.Sample, error)
	// clock returns the clock that the manager uses.
	clock() protocol.Clock
}

// bubbleStart is the time that the clock of every synctest bubble shows at its start, which is the start of the run.
var bubbleStart = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// doFunc makes the requests of the manager, in place of an HTTP client.
type doFunc func(context.Context, *http.Client, *http.Request) (*http.Response, error)

// A bubble is the host of a manager in a synctest bubble of this process. All its methods must be called in that
// bubble.
type bubble struct {
	manager   manager
	tsets     chan map[string][]*targetgroup.Group
	transport *protocol.Transport
	crash     error // the manager's panic; accessed as the fields of transport are
}

// newBubble starts a manager. It must be called in a synctest bubble.
func newBubble(create func(doFunc) manager) *bubble {
	b := &bubble{tsets: make(chan map[string][]*targetgroup.Group), transport: protocol.NewTransport()}
	b.manager = create(b.transport.Do)
	b.transport.Clock = b.manager.clock()
	go func() {
		defer b.survive()
		b.manager.Run(b.tsets)
		b.transport.Record(func(h *protocol.Events) { h.Exited = true })
	}()
	settle()
	return b
}

// ApplyConfig implements Host. If the manager drains a queue, its ApplyConfig waits until the driver has answered the
// requests of the drain; this method does not wait for that. It returns an error only if the manager reports it at
// once.
func (b *bubble) ApplyConfig(cfg *config.Config) error {
	done := make(chan error, 1)
	go func() {
		defer b.survive()
		done <- b.manager.ApplyConfig(withoutServerFiles(cfg))
	}()
	settle()
	select {
	case err := <-done:
		return err
	default:
		return nil
	}
}

func (b *bubble) OfferTargets(tsets map[string][]*targetgroup.Group) (bool, error) {
	select {
	case b.tsets <- tsets:
		return true, nil
	default:
		return false, nil
	}
}

func (b *bubble) Send(alerts []Alert) error {
	b.manager.send(bubbleStart, alerts)
	return nil
}

func (b *bubble) Stop() error {
	b.manager.Stop()
	return nil
}

func (b *bubble) Answer(request int, a protocol.Reply) error { return b.transport.Answer(request, a) }

func (b *bubble) CutBody(request int) error { return b.transport.Cut(request) }

// Begin implements Host. After a restart the server has a new manager, whose clock is behind the time of the run.
func (b *bubble) Begin(at int64) error {
	begins := bubbleStart.Add(time.Duration(at))
	b.transport.Clock.AdvanceTo(begins, nil)
	if now := b.transport.Clock.Now(); !now.Equal(begins) {
		return fmt.Errorf("the time in the bubble is %v when its manager starts, but should be %v", now, begins)
	}
	return nil
}

func (b *bubble) Advance(until int64) (int64, error) {
	return b.transport.Advance(bubbleStart, until), nil
}

func (b *bubble) Settle() (Events, error) {
	settle()
	return Events{Events: b.transport.TakeEvents()}, b.crash
}

func (b *bubble) Samples() ([]engine.Sample, error) { return b.manager.samples() }

func (b *bubble) Alertmanagers() ([]string, error) { return URLTexts(b.manager.Alertmanagers()), nil }

// ExpectDeadlock implements Host. The goroutines that wait for the lock remain in the bubble, which never ends.
func (b *bubble) ExpectDeadlock() error {
	settle()
	free := make(chan struct{})
	go func() { b.manager.Alertmanagers(); close(free) }()
	settle()
	select {
	case <-free:
		return errNoDeadlock
	default:
		return nil
	}
}

// Close implements Host. The bubble ends when all goroutines of the manager have ended.
func (b *bubble) Close() error {
	b.transport.Close()
	b.manager.Stop()
	return nil
}

// URLTexts returns URLs as texts.
func URLTexts(urls []*url.URL) []string {
	list := make([]string, len(urls))
	for i, u := range urls {
		list[i] = u.String()
	}
	return list
}
