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

// A manager is a notifier.Manager with the few calls that differ between ours and Prometheus' adapted.
type manager interface {
	ApplyConfig(*config.Config) error
	Run(<-chan map[string][]*targetgroup.Group)
	Stop()
	Alertmanagers() []*url.URL
	// send calls Send with alerts that are made for it alone; times count from start.
	send(start time.Time, alerts []Alert)
	samples() ([]engine.Sample, error)
	// clock returns the time that the manager lives in.
	clock() protocol.Clock
}

// bubbleStart is the time at which every synctest bubble starts, and so does a run.
var bubbleStart = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// doFunc is the manager's HTTP client.
type doFunc func(context.Context, *http.Client, *http.Request) (*http.Response, error)

// A bubble is the host of a manager in this process. All its methods are called from within the bubble.
type bubble struct {
	manager   manager
	tsets     chan map[string][]*targetgroup.Group
	transport *protocol.Transport
	crash     error // the manager panicked; written and read as the transport's
}

// newBubble starts a manager. It must be called in a bubble.
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

// ApplyConfig implements Host. The drain of what leaves may hold ApplyConfig up until the driver has answered its
// requests. An error comes at once.
func (b *bubble) ApplyConfig(cfg *config.Config) error {
	done := make(chan error, 1)
	go func() {
		defer b.survive()
		done <- b.manager.ApplyConfig(cfg)
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

// Begin implements Host. A manager of a server that was restarted has a clock or a bubble of its own, which is behind.
func (b *bubble) Begin(at int64) error {
	begins := bubbleStart.Add(time.Duration(at))
	b.transport.Clock.AdvanceTo(begins, nil)
	if now := b.transport.Clock.Now(); !now.Equal(begins) {
		return fmt.Errorf("the bubble is at %v, and not at %v, when its manager begins", now, begins)
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

// ExpectDeadlock implements Host. Goroutines that wait for the lock stay behind, with the bubble.
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

// Close implements Host. The bubble ends when all goroutines of the manager have.
func (b *bubble) Close() error {
	b.transport.Close()
	b.manager.Stop()
	return nil
}

// URLTexts are URLs as texts.
func URLTexts(urls []*url.URL) []string {
	list := make([]string, len(urls))
	for i, u := range urls {
		list[i] = u.String()
	}
	return list
}
