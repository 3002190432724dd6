// Package live is the host of our Manager on the wall clock, posting over HTTP to fake or real Alertmanagers.
//
// Its times are those of the machine: expectations are judged with a tolerance, and no two runs are the same. It never
// starts or stops a real Alertmanager.
//
// The package is internal to sim: it promises nothing to others.
package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter/protocol"
)

// A Host is the host of our Manager on the wall clock. Its requests go out at once, but it learns how they end
// only after the engine has: so the engine makes one step at a time and knows when a step is over.
type Host struct {
	*alertmanagers
	options Options
	manager *blackbox.LiveManager
	release *core.Release
	start   time.Time
	tsets   chan map[string][]*targetgroup.Group
	wake    chan struct{}
	exited  chan struct{}
	offered int // target updates that Run took

	mu       sync.Mutex // guards what the manager's goroutines and the servers write:
	did      blackbox.Events
	requests map[int]*pendingRequest // whose end the manager has not learned
	number   int
	// carries are the requests by batchKey, the last of each.
	carries map[string]int
	begun   bool
	closed  bool
}

// A pendingRequest is a request of the manager that it waits for.
type pendingRequest struct {
	number int
	primes bool // it is made before the run begins, and goes nowhere
	reply  chan protocol.Reply
	cancel context.CancelFunc
}

// New starts a manager.
func New(o Options) *Host {
	h := &Host{
		options: o, release: o.Release, start: time.Now(), requests: map[int]*pendingRequest{}, carries: map[string]int{},
		tsets: make(chan map[string][]*targetgroup.Group), wake: make(chan struct{}, 1), exited: make(chan struct{}),
	}
	h.alertmanagers = newAlertmanagers(h)
	h.manager = blackbox.NewLiveManager(o.Flags, o.Release, h.do, h.dial)
	go func() {
		defer close(h.exited)
		h.manager.Run(h.tsets)
		h.record(func() { h.did.Exited = true })
	}()
	return h
}

// record has another goroutine's write change what the driver reads, and wakes the driver. It is false when the run is
// over.
func (h *Host) record(write func()) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	write()
	select {
	case h.wake <- struct{}{}:
	default:
	}
	return true
}

// do makes a request, and returns once the driver has learned how it ended.
func (h *Host) do(ctx context.Context, client *http.Client, req *http.Request) (*http.Response, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	inner, cancel := context.WithCancel(ctx)
	v := &pendingRequest{reply: make(chan protocol.Reply, 1), cancel: cancel}
	arrived := h.record(func() {
		v.number, v.primes = h.number, !h.begun
		h.number++
		h.requests[v.number] = v
		h.carries[batchKey(req.URL.Host, firstOrigin(body))] = v.number
		h.did.Arrived = append(h.did.Arrived, protocol.Arrival{Request: v.number, URL: req.URL.String(), Body: body})
	})
	switch {
	case !arrived:
		cancel()
		return nil, errors.New(protocol.Over.Err)
	case v.primes:
		defer cancel()
		return (<-v.reply).Response(ctx, req)
	}
	resp, err := client.Do(h.address(req, body).WithContext(inner))
	switch {
	case err == nil && h.release.ReadsBody:
		resp.Body = &responseBody{ReadCloser: resp.Body, ended: func() { h.ended(v, resp.StatusCode, "") }, cancel: cancel}
		return resp, nil
	case err == nil:
		h.ended(v, resp.StatusCode, "")
		resp.Body = &responseBody{ReadCloser: resp.Body, ended: func() {}, cancel: cancel}
		return resp, nil
	}
	defer cancel()
	if errors.Is(ctx.Err(), context.Canceled) {
		h.record(func() {
			if h.requests[v.number] != nil {
				delete(h.requests, v.number)
				h.did.GaveUp = append(h.did.GaveUp, v.number)
			}
		})
		return nil, err
	}
	h.ended(v, 0, outcomeOf(ctx, err))
	return nil, err
}

// outcomeOf names an error as the trace does.
func outcomeOf(ctx context.Context, err error) string {
	var dns *net.DNSError
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return blackbox.OutcomeTimeout
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF),
		errors.Is(err, io.ErrUnexpectedEOF):
		return "reset"
	case errors.As(err, &dns):
		return "not found"
	}
	return "failed"
}

// ended reports to the driver how a request ended, and waits until the driver lets the manager learn it.
func (h *Host) ended(v *pendingRequest, status int, outcome string) {
	if outcome == "" {
		outcome = fmt.Sprint(status)
	}
	waits := false
	h.record(func() {
		if waits = h.requests[v.number] != nil; waits {
			h.did.Ended = append(h.did.Ended, blackbox.Ending{Request: v.number, Status: status, Outcome: outcome})
		}
	})
	if waits {
		<-v.reply
	}
}

// ApplyConfig implements blackbox.Host. It returns when ApplyConfig has, or waits for a drain.
func (h *Host) ApplyConfig(cfg *config.Config) error {
	if err := h.reachable(cfg); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- h.manager.ApplyConfig(cfg) }()
	for {
		select {
		case err := <-done:
			return err
		case <-time.After(100 * time.Microsecond):
			if h.manager.Activity().Locked {
				return nil
			}
		}
	}
}

func (h *Host) OfferTargets(tsets map[string][]*targetgroup.Group) (bool, error) {
	patience := time.After(blackbox.DefaultPatience)
	if h.release.Targets == core.TargetsBetweenBatches && h.manager.Activity().Requests > 0 {
		patience = time.After(0) // Run listens only between batches
	}
	select {
	case h.tsets <- tsets:
		h.offered++
		return true, nil
	case <-patience:
		return false, nil
	}
}

func (h *Host) Send(alerts []blackbox.Alert) error {
	h.manager.SendAt(h.start, alerts)
	return nil
}

func (h *Host) Stop() error {
	h.manager.Stop()
	return nil
}

// Answer implements blackbox.Host: it lets the manager learn how its request ended. The reply is used only for requests
// before the start.
func (h *Host) Answer(request int, a protocol.Reply) error {
	h.mu.Lock()
	v := h.requests[request]
	delete(h.requests, request)
	h.mu.Unlock()
	if v != nil {
		h.let(v, a)
	}
	return nil
}

// CutBody implements blackbox.Host: the connection says so itself.
func (h *Host) CutBody(int) error { return nil }

// let lets the manager learn how its request ended, or that nobody answers.
func (h *Host) let(v *pendingRequest, a protocol.Reply) {
	if a.Err == protocol.Over.Err {
		v.cancel()
	}
	v.reply <- a
}

func (h *Host) Begin(int64) error {
	if err := h.open(); err != nil {
		return err
	}
	h.mu.Lock()
	h.begun = true
	h.mu.Unlock()
	h.start = time.Now()
	return nil
}

func (h *Host) Advance(until int64) (int64, error) {
	select {
	case <-h.options.Stop: // before anything else
		return 0, ErrInterrupted
	default:
	}
	const poll = 50 * time.Millisecond // of busy
	wait := time.Duration(until - int64(time.Since(h.start)))
	if h.Busy() {
		wait = min(wait, poll)
	}
	timer := time.NewTimer(max(wait, 0))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-h.wake:
	case <-h.options.Stop:
		return 0, ErrInterrupted
	case err := <-h.broken:
		return 0, err
	}
	now := time.Since(h.start)
	if now > h.options.MaxDuration+2*h.options.Tolerance {
		return 0, fmt.Errorf("%w: it has taken %v of real time and is not over; write a duration, or allow more with "+
			"--max-duration",
			ErrUnable, h.options.MaxDuration)
	}
	return int64(now), nil
}

// Settle waits until whatever the manager has begun waits for the driver or the network.
func (h *Host) Settle() (blackbox.Events, error) {
	began := time.Now()
	for pause := 10 * time.Microsecond; ; pause = min(2*pause, time.Millisecond) {
		a := h.manager.Activity()
		h.mu.Lock()
		if a.Requests == len(h.requests) && a.Updates == h.offered && !a.Woken {
			news := h.did
			h.did = blackbox.Events{Events: protocol.Events{Exited: news.Exited}}
			h.mu.Unlock()
			return news, nil
		}
		h.mu.Unlock()
		if time.Since(began) > blackbox.DefaultPatience {
			return blackbox.Events{}, fmt.Errorf("the manager does not settle: %+v, of which the driver knows %d requests "+
				"and %d updates", a, len(h.requests), h.offered)
		}
		time.Sleep(pause)
	}
}

func (h *Host) Samples() ([]engine.Sample, error) { return h.manager.Samples() }

func (h *Host) Alertmanagers() ([]string, error) {
	return blackbox.URLTexts(h.manager.Alertmanagers()), nil
}

// ExpectDeadlock implements blackbox.Host.
func (h *Host) ExpectDeadlock() error {
	return fmt.Errorf("%w: the notifier of %s deadlocks here, and would be left behind; use the engine model", ErrUnable,
		h.release.Name)
}

// Close implements blackbox.Host. It returns when nothing runs any more that the host has started.
func (h *Host) Close() error {
	h.mu.Lock()
	h.closed = true
	for number, v := range h.requests {
		delete(h.requests, number)
		h.let(v, protocol.Over)
	}
	h.mu.Unlock()
	h.manager.Stop()
	defer h.alertmanagers.close()
	select {
	case <-h.exited:
	case <-time.After(blackbox.DefaultPatience):
		return errors.New("the manager does not stop")
	}
	for began := time.Now(); h.manager.Activity().Requests > 0 && time.Since(began) < blackbox.DefaultPatience; {
		time.Sleep(time.Millisecond)
	}
	return nil
}
