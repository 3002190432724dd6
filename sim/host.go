package sim

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"
)

// A host runs a notifier.Manager, ours or Prometheus', in virtual time, and lets a rig drive it: in a bubble of this process, or
// in another process. Its methods are called one at a time. Times are nanoseconds from the start of the run.
type host interface {
	// apply calls ApplyConfig, which may go on beside the driver.
	apply(*config.Config) error
	// offer offers a target update without waiting, as service discovery does, and reports whether it was taken.
	offer(map[string][]*targetgroup.Group) (bool, error)
	send([]handed) error
	stop() error
	// answer ends a request that was heard of.
	answer(visit int, a reply) error
	// cut breaks the body of an answer off that takes its time.
	cut(visit int) error
	// begin makes this instant the start of the run.
	begin() error
	// advance lets time pass until the instant or, before it, until the manager does something. It returns the time then.
	advance(until int64) (now int64, err error)
	// settle lets the manager go on until it waits, and returns what it did.
	settle() (heard, error)
	samples() ([]Sample, error)
	// alertmanagers are the URLs of the active ones.
	alertmanagers() ([]string, error)
	// wedged makes sure that the manager holds its lock for ever, and gives it up: no other method is called after it.
	wedged() error
	// close ends it all; nobody is answered any more.
	close() error
}

// A handed is an alert as a manager is handed it.
type handed struct {
	Labels           labels.Labels
	StartsAt, EndsAt int64
	GeneratorURL     string
}

// heard is what a manager did while it settled.
type heard struct {
	Arrived []arrival // requests that it made
	GaveUp  []int     // those of its requests that it gave up, timed out or cancelled
	Exited  bool      // Run has returned

	// On the wall clock, where the run does not decide what becomes of a request:
	Ended []ending // requests that ended, but not for the manager, which waits for the reply
	Taken []taking // what fake Alertmanagers took
}

// An arrival is a request that a manager makes.
type arrival struct {
	Visit int // its number
	URL   string
	Body  []byte
}

// A reply is what the manager's HTTP client returns: a status, with a body that is empty but may take its time, or an error.
type reply struct {
	Status  int
	BodyFor time.Duration
	Err     string
	cut     chan struct{} // closed when a body that takes its time breaks off; nil: never
}

func (a reply) response(ctx context.Context, req *http.Request) (*http.Response, error) {
	if a.Err != "" {
		return nil, replyError(a.Err)
	}
	body := io.NopCloser(http.NoBody)
	if a.BodyFor > 0 {
		body = io.NopCloser(slowBody{ctx, a.BodyFor, a.cut})
	}
	return &http.Response{
		Status: http.StatusText(a.Status), StatusCode: a.Status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
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

type replyError string

func (e replyError) Error() string { return string(e) }
