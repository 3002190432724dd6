package live

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"

	"github.com/notifysim/notifysim/sim/internal/engine/blackbox"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter/protocol"
)

// A pendingRequest is a request of the manager whose response the manager does not have yet.
type pendingRequest struct {
	number int
	primes bool // made before the run begins, and answered without a connection
	reply  chan protocol.Reply
	cancel context.CancelFunc
}

// do sends a request of the manager, and returns the response after the driver has recorded it.
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
		h.carries[batchKey(req.URL.Host, blackbox.FirstOrigin(body))] = v.number
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

// outcomeOf returns the outcome that the trace shows for a request that failed with an error of the HTTP client.
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

// ended reports the end of a request to the driver, and waits until the driver calls Answer.
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

// Answer implements blackbox.Host: it lets the manager have the response that the server sent. The reply a is used only
// for requests before the run begins.
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

// CutBody implements blackbox.Host. It does nothing: the server itself breaks off the body.
func (h *Host) CutBody(int) error { return nil }

// let makes do return the response, or cancels the request if the run is over.
func (h *Host) let(v *pendingRequest, a protocol.Reply) {
	if a.Err == protocol.Over.Err {
		v.cancel()
	}
	v.reply <- a
}
