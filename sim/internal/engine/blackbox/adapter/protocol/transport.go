package protocol

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// A Transport takes the place of the HTTP client of a manager in a synctest bubble. It records the requests that the
// manager makes; each waits until the driver of the bubble answers it.
type Transport struct {
	// Clock is the clock that the manager uses: that of the bubble, unless it is set before the manager starts.
	Clock Clock

	wake    chan struct{}
	answers map[int]chan Reply
	bodies  map[int]chan struct{} // of responses whose bodies are not complete yet

	mu       sync.Mutex // guards the fields below, which the manager's goroutines write
	events   Events
	requests int
	closed   bool
}

// NewTransport returns an open Transport. It must be called in the bubble.
func NewTransport() *Transport {
	return &Transport{
		Clock: BubbleClock{}, wake: make(chan struct{}, 1), answers: map[int]chan Reply{}, bodies: map[int]chan struct{}{},
	}
}

// Record lets a goroutine of the manager record an event, and wakes the driver. It returns false once the run is over.
func (t *Transport) Record(write func(*Events)) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return false
	}
	write(&t.events)
	select {
	case t.wake <- struct{}{}:
	default:
	}
	return true
}

// Do records a request, and waits until it is answered or its context ends.
func (t *Transport) Do(ctx context.Context, _ *http.Client, req *http.Request) (*http.Response, error) {
	if err := ctx.Err(); err != nil {
		// Return at once, as net/http does (Transport.RoundTrip). The select of a stopped manager up to v2.36 picks
		// among ready cases at random, so the manager may still post alerts of its queue with the context that Stop
		// cancelled.
		return nil, err
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	mine := make(chan Reply, 1)
	var request int
	arrived := t.Record(func(e *Events) {
		request = t.requests
		t.requests++
		t.answers[request] = mine
		e.Arrived = append(e.Arrived, Arrival{Request: request, URL: req.URL.String(), Body: body})
	})
	if !arrived {
		return Over.Response(ctx, req)
	}
	select {
	case r := <-mine:
		return r.Response(ctx, req)
	case <-ctx.Done():
		t.Record(func(e *Events) { e.GaveUp = append(e.GaveUp, request) })
		return nil, ctx.Err()
	}
}

// Answer ends a request that has been recorded.
func (t *Transport) Answer(request int, r Reply) error {
	t.mu.Lock()
	mine := t.answers[request]
	delete(t.answers, request)
	t.mu.Unlock()
	if mine == nil {
		return fmt.Errorf("request %d is not waiting for an answer", request)
	}
	if r.BodyFor > 0 {
		r.cut, r.clock = make(chan struct{}), t.Clock
		t.bodies[request] = r.cut
	}
	mine <- r // does not block: the channel has room for one reply
	return nil
}

// Cut breaks off the body of a response that is not complete yet.
func (t *Transport) Cut(request int) error {
	body := t.bodies[request]
	if body == nil {
		return fmt.Errorf("the response to request %d has no incomplete body", request)
	}
	close(body)
	delete(t.bodies, request)
	return nil
}

// Advance lets time pass until the given number of nanoseconds after start, or until a goroutine of the manager records
// something if that is earlier. It returns how many nanoseconds after start that is.
func (t *Transport) Advance(start time.Time, until int64) int64 {
	t.Clock.AdvanceTo(start.Add(time.Duration(until)), t.wake)
	return int64(t.Clock.Now().Sub(start))
}

// TakeEvents returns the events recorded since the last call.
func (t *Transport) TakeEvents() Events {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.events
	t.events.Arrived, t.events.GaveUp = nil, nil
	return e
}

// Close answers all waiting requests, and all later ones, with Over, and breaks off the bodies that are not complete.
func (t *Transport) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	for _, mine := range t.answers {
		select {
		case mine <- Over:
		default:
		}
	}
	for _, body := range t.bodies {
		close(body)
	}
	clear(t.bodies)
}

// A Reply is what the manager's HTTP client returns: an error, or a status with an empty body, which may take some
// time.
type Reply struct {
	Status  int
	BodyFor time.Duration
	Err     string

	cut   chan struct{} // closed when the body breaks off; nil if it cannot
	clock Clock         // the clock of the body; nil is BubbleClock, which is the real clock outside a bubble
}

// Over is the reply to requests when the run is over.
var Over = Reply{Err: "the run is over"}

// Response returns what the HTTP client returns for r.
func (r Reply) Response(ctx context.Context, req *http.Request) (*http.Response, error) {
	if r.Err != "" {
		return nil, errors.New(r.Err)
	}
	body := io.NopCloser(http.NoBody)
	if r.BodyFor > 0 {
		clock := r.clock
		if clock == nil {
			clock = BubbleClock{}
		}
		body = io.NopCloser(slowBody{ctx, clock, r.BodyFor, r.cut})
	}
	return &http.Response{
		Status: http.StatusText(r.Status), StatusCode: r.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: body, Request: req,
	}, nil
}

// A slowBody is an empty body that ends after some time, or when the context of the request ends.
type slowBody struct {
	ctx   context.Context
	clock Clock
	takes time.Duration
	cut   <-chan struct{}
}

func (b slowBody) Read([]byte) (int, error) {
	expired, stop := b.clock.Timer(b.takes)
	defer stop()
	select {
	case <-expired:
		return 0, io.EOF
	case <-b.cut:
		return 0, io.ErrUnexpectedEOF
	case <-b.ctx.Done():
		return 0, b.ctx.Err()
	}
}
