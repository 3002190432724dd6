package sim

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"

	"github.com/notifysim/notifysim/sim/adapter/protocol"
)

// A manager is a notifier.Manager with the few calls that differ between ours and Prometheus' adapted.
type manager interface {
	ApplyConfig(*config.Config) error
	Run(<-chan map[string][]*targetgroup.Group)
	Stop()
	Alertmanagers() []*url.URL
	// send calls Send with alerts that are made for it alone; times count from start.
	send(start time.Time, alerts []handed)
	samples() ([]Sample, error)
}

// doFunc is the manager's HTTP client.
type doFunc func(context.Context, *http.Client, *http.Request) (*http.Response, error)

// A bubble is the host of a manager in this process. All its methods are called from within the bubble.
type bubble struct {
	manager manager
	start   time.Time
	tsets   chan map[string][]*targetgroup.Group
	desk    *protocol.Desk
	crash   error // the manager panicked; written and read as the desk's
}

// newBubble starts a manager. It must be called in a bubble.
func newBubble(create func(doFunc) manager) *bubble {
	b := &bubble{tsets: make(chan map[string][]*targetgroup.Group), desk: protocol.NewDesk(), start: time.Now()}
	b.manager = create(b.desk.Do)
	go func() {
		defer b.survive()
		b.manager.Run(b.tsets)
		b.desk.Tell(func(h *protocol.Heard) { h.Exited = true })
	}()
	settle()
	return b
}

// apply implements host. The drain of what leaves may hold ApplyConfig up until the driver has answered its requests. An error
// comes at once.
func (b *bubble) apply(cfg *config.Config) error {
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

func (b *bubble) offer(tsets map[string][]*targetgroup.Group) (bool, error) {
	select {
	case b.tsets <- tsets:
		return true, nil
	default:
		return false, nil
	}
}

func (b *bubble) send(alerts []handed) error {
	b.manager.send(b.start, alerts)
	return nil
}

func (b *bubble) stop() error {
	b.manager.Stop()
	return nil
}

func (b *bubble) answer(visit int, a reply) error { return b.desk.Answer(visit, a) }

func (b *bubble) cut(visit int) error { return b.desk.Cut(visit) }

func (b *bubble) begin(at int64) error {
	b.start = time.Now().Add(-time.Duration(at))
	return nil
}

func (b *bubble) advance(until int64) (int64, error) { return b.desk.Advance(b.start, until), nil }

func (b *bubble) settle() (heard, error) {
	settle()
	return heard{Heard: b.desk.News()}, b.crash
}

func (b *bubble) samples() ([]Sample, error) { return b.manager.samples() }

func (b *bubble) alertmanagers() ([]string, error) { return urlTexts(b.manager.Alertmanagers()), nil }

// wedged implements host. What waits for the lock stays behind, with the bubble.
func (b *bubble) wedged() error {
	settle()
	free := make(chan struct{})
	go func() { b.manager.Alertmanagers(); close(free) }()
	settle()
	select {
	case <-free:
		return errNotWedged
	default:
		return nil
	}
}

// close implements host. The bubble ends when all goroutines of the manager have.
func (b *bubble) close() error {
	b.desk.Close()
	b.manager.Stop()
	return nil
}
