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

// A Transport stands for the HTTP client of a manager in a synctest bubble: requests that the manager makes arrive
// there, and wait until whoever drives the bubble has answered them.
type Transport struct {
	// Clock is the time that the manager lives in: the bubble's, unless it is set before the manager starts.
	Clock Clock

	wake    chan struct{}
	answers map[int]chan Reply
	bodies  map[int]chan struct{} // of answers that take their time

	mu       sync.Mutex // guards what the manager's goroutines write:
	events   Events
	requests int
	closed   bool
}

// NewTransport returns a Transport that is open. It must be called in the bubble.
func NewTransport() *Transport {
	return &Transport{Clock: BubbleClock{}, wake: make(chan struct{}, 1), answers: map[int]chan Reply{}, bodies: map[int]chan struct{}{}}
}

// Record lets a goroutine of the manager record an event, and wakes the driver. It is false when the run is over.
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

// Do records that a request arrived and waits until it is answered or its context ends.
func (t *Transport) Do(ctx context.Context, _ *http.Client, req *http.Request) (*http.Response, error) {
	if err := ctx.Err(); err != nil {
		// As net/http does (Transport.RoundTrip). Up to v2.36 a stopped manager, whose select picks among ready cases
		// at random, may try to post more of its queue, with the context that Stop cancelled.
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

// Answer ends a request that has arrived.
func (t *Transport) Answer(request int, r Reply) error {
	t.mu.Lock()
	mine := t.answers[request]
	delete(t.answers, request)
	t.mu.Unlock()
	if mine == nil {
		return fmt.Errorf("request %d is not open", request)
	}
	if r.BodyFor > 0 {
		r.cut, r.clock = make(chan struct{}), t.Clock
		t.bodies[request] = r.cut
	}
	mine <- r // there is room for one, read or not
	return nil
}

// Cut breaks the body of an answer off that takes its time.
func (t *Transport) Cut(request int) error {
	body := t.bodies[request]
	if body == nil {
		return fmt.Errorf("request %d has no body that takes its time", request)
	}
	close(body)
	delete(t.bodies, request)
	return nil
}

// Advance lets time pass until so many nanoseconds after start or, before it, until a goroutine of the manager records
// something. It returns how many nanoseconds after start it is then.
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

// Close answers whoever still waits, and all that come later, with Over.
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
}

// A Reply is what the manager's HTTP client returns: a status, with a body that is empty but may take its time, or an
// error.
type Reply struct {
	Status  int
	BodyFor time.Duration
	Err     string

	cut   chan struct{} // closed when a body that takes its time breaks off; nil: never
	clock Clock         // of a body that takes its time; nil: the BubbleClock, which outside a bubble is the real time
}

// Over is the reply to requests when the run is over.
var Over = Reply{Err: "the run is over"}

// Response returns what the HTTP client returns.
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

// A slowBody is empty, which whoever reads it knows after a time or when the context of the request ends.
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
