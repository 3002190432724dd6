package sim

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
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
	wake    chan struct{}
	answers map[int]chan reply
	bodies  map[int]chan struct{} // of answers that take their time

	mu     sync.Mutex // guards what the manager's goroutines write:
	heard  heard
	visits int
	closed bool
	crash  error // the manager panicked
}

// newBubble starts a manager. It must be called in a bubble.
func newBubble(create func(doFunc) manager) *bubble {
	b := &bubble{
		tsets: make(chan map[string][]*targetgroup.Group), wake: make(chan struct{}, 1), answers: map[int]chan reply{}, bodies: map[int]chan struct{}{}, start: time.Now(),
	}
	b.manager = create(b.do)
	go func() {
		defer b.survive()
		b.manager.Run(b.tsets)
		b.tell(func() { b.heard.Exited = true })
	}()
	settle()
	return b
}

// tell lets a goroutine of the manager write something down, and wakes the driver. It is false when the run is over.
func (b *bubble) tell(write func()) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	write()
	select {
	case b.wake <- struct{}{}:
	default:
	}
	return true
}

// do stands for the HTTP client: it hands the request over and waits for what becomes of it.
func (b *bubble) do(ctx context.Context, _ *http.Client, req *http.Request) (*http.Response, error) {
	if err := ctx.Err(); err != nil {
		return nil, err // as net/http does: a request whose context is cancelled is not made (Transport.RoundTrip)
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	answer := make(chan reply, 1)
	var number int
	arrived := b.tell(func() {
		number = b.visits
		b.visits++
		b.answers[number] = answer
		b.heard.Arrived = append(b.heard.Arrived, arrival{number, req.URL.String(), body})
	})
	if !arrived {
		return reply{Err: overText}.response(ctx, req)
	}
	select {
	case a := <-answer:
		return a.response(ctx, req)
	case <-ctx.Done():
		b.tell(func() { b.heard.GaveUp = append(b.heard.GaveUp, number) })
		return nil, ctx.Err()
	}
}

const overText = "the run is over"

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

func (b *bubble) answer(visit int, a reply) error {
	b.mu.Lock()
	answer := b.answers[visit]
	delete(b.answers, visit)
	b.mu.Unlock()
	if a.BodyFor > 0 {
		a.cut = make(chan struct{})
		b.bodies[visit] = a.cut
	}
	answer <- a // there is room for one, read or not
	return nil
}

func (b *bubble) cut(visit int) error {
	close(b.bodies[visit])
	delete(b.bodies, visit)
	return nil
}

func (b *bubble) begin() error {
	b.start = time.Now()
	return nil
}

func (b *bubble) advance(until int64) (int64, error) {
	if wait := until - int64(time.Since(b.start)); wait > 0 {
		timer := time.NewTimer(time.Duration(wait))
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-b.wake:
		}
	}
	return int64(time.Since(b.start)), nil
}

func (b *bubble) settle() (heard, error) {
	settle()
	b.mu.Lock()
	defer b.mu.Unlock()
	h := b.heard
	b.heard.Arrived, b.heard.GaveUp = nil, nil
	return h, b.crash
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
	b.mu.Lock()
	b.closed = true
	for _, answer := range b.answers {
		select {
		case answer <- reply{Err: overText}:
		default:
		}
	}
	b.mu.Unlock()
	b.manager.Stop()
	return nil
}
