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

// A Desk stands for the HTTP client of a manager in a synctest bubble: requests that the manager makes arrive there, and wait until
// whoever drives the bubble has answered them.
type Desk struct {
	wake    chan struct{}
	answers map[int]chan Reply
	bodies  map[int]chan struct{} // of answers that take their time

	mu     sync.Mutex // guards what the manager's goroutines write:
	heard  Heard
	visits int
	closed bool
}

// NewDesk returns a Desk that is open. It must be called in the bubble.
func NewDesk() *Desk {
	return &Desk{wake: make(chan struct{}, 1), answers: map[int]chan Reply{}, bodies: map[int]chan struct{}{}}
}

// Tell lets a goroutine of the manager write something down, and wakes the driver. It is false when the run is over.
func (d *Desk) Tell(write func(*Heard)) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return false
	}
	write(&d.heard)
	select {
	case d.wake <- struct{}{}:
	default:
	}
	return true
}

// Do hands a request over and waits for what becomes of it.
func (d *Desk) Do(ctx context.Context, _ *http.Client, req *http.Request) (*http.Response, error) {
	if err := ctx.Err(); err != nil {
		// As net/http does (Transport.RoundTrip). Up to v2.36 a stopped manager, whose select picks among ready cases at random, may
		// try to post more of its queue, with the context that Stop cancelled.
		return nil, err
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	mine := make(chan Reply, 1)
	var visit int
	arrived := d.Tell(func(h *Heard) {
		visit = d.visits
		d.visits++
		d.answers[visit] = mine
		h.Arrived = append(h.Arrived, Arrival{Visit: visit, URL: req.URL.String(), Body: body})
	})
	if !arrived {
		return Over.Response(ctx, req)
	}
	select {
	case r := <-mine:
		return r.Response(ctx, req)
	case <-ctx.Done():
		d.Tell(func(h *Heard) { h.GaveUp = append(h.GaveUp, visit) })
		return nil, ctx.Err()
	}
}

// Answer ends a request that was heard of.
func (d *Desk) Answer(visit int, r Reply) error {
	d.mu.Lock()
	mine := d.answers[visit]
	delete(d.answers, visit)
	d.mu.Unlock()
	if mine == nil {
		return fmt.Errorf("visit %d is not open", visit)
	}
	if r.BodyFor > 0 {
		r.cut = make(chan struct{})
		d.bodies[visit] = r.cut
	}
	mine <- r // there is room for one, read or not
	return nil
}

// Cut breaks the body of an answer off that takes its time.
func (d *Desk) Cut(visit int) error {
	body := d.bodies[visit]
	if body == nil {
		return fmt.Errorf("visit %d has no body that takes its time", visit)
	}
	close(body)
	delete(d.bodies, visit)
	return nil
}

// Advance lets time pass until so many nanoseconds after start or, before it, until somebody tells something. It returns the time then.
func (d *Desk) Advance(start time.Time, until int64) int64 {
	if wait := until - int64(time.Since(start)); wait > 0 {
		timer := time.NewTimer(time.Duration(wait))
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-d.wake:
		}
	}
	return int64(time.Since(start))
}

// News returns what was told since the last call.
func (d *Desk) News() Heard {
	d.mu.Lock()
	defer d.mu.Unlock()
	h := d.heard
	d.heard.Arrived, d.heard.GaveUp = nil, nil
	return h
}

// Close answers whoever still waits, and all that come later, with Over.
func (d *Desk) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	for _, mine := range d.answers {
		select {
		case mine <- Over:
		default:
		}
	}
}

// A Reply is what the manager's HTTP client returns: a status, with a body that is empty but may take its time, or an error.
type Reply struct {
	Status  int
	BodyFor time.Duration
	Err     string

	cut chan struct{} // closed when a body that takes its time breaks off; nil: never
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
		body = io.NopCloser(slowBody{ctx, r.BodyFor, r.cut})
	}
	return &http.Response{
		Status: http.StatusText(r.Status), StatusCode: r.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: body, Request: req,
	}, nil
}

// A slowBody is empty, which whoever reads it knows after a time or when the context of the request ends.
type slowBody struct {
	ctx   context.Context
	takes time.Duration
	cut   <-chan struct{}
}

func (b slowBody) Read([]byte) (int, error) {
	timer := time.NewTimer(b.takes)
	defer timer.Stop()
	select {
	case <-timer.C:
		return 0, io.EOF
	case <-b.cut:
		return 0, io.ErrUnexpectedEOF
	case <-b.ctx.Done():
		return 0, b.ctx.Err()
	}
}
