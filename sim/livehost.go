package sim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"syscall"
	"time"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/adapter/protocol"
)

// A liveHost is the host of our Manager on the wall clock. Its requests go out at once, but it hears how they end only when the rig
// has: so the rig still makes one step at a time, and knows when one is over.
type liveHost struct {
	*liveFleet
	options LiveOptions
	manager *ourManager
	release *core.Release
	start   time.Time
	tsets   chan map[string][]*targetgroup.Group
	wake    chan struct{}
	exited  chan struct{}
	offered int // target updates that Run took

	mu     sync.Mutex // guards what the manager's goroutines and the servers write:
	heard  heard
	visits map[int]*liveVisit // of which the manager has not heard the end
	number int
	// carries are the visits by batchKey, the last of each.
	carries map[string]int
	begun   bool
	closed  bool
}

// A liveVisit is a request of the manager that it waits for.
type liveVisit struct {
	number int
	primes bool // it is made before the run begins, and goes nowhere
	reply  chan reply
	cancel context.CancelFunc
}

// An ending is how a request ended.
type ending struct {
	Visit   int
	Status  int // 0 without an answer
	Outcome string
}

// newLiveHost starts a manager.
func newLiveHost(r *run) *liveHost {
	h := &liveHost{
		options: r.options.Live, release: r.release, start: time.Now(), visits: map[int]*liveVisit{}, carries: map[string]int{},
		tsets: make(chan map[string][]*targetgroup.Group), wake: make(chan struct{}, 1), exited: make(chan struct{}),
	}
	h.liveFleet = newLiveFleet(r, h)
	h.manager = newLiveManager(r.file.Flags, r.release, h.do, h.dial)
	go func() {
		defer close(h.exited)
		h.manager.Run(h.tsets)
		h.tell(func() { h.heard.Exited = true })
	}()
	return h
}

// tell lets another goroutine write something down, and wakes the driver. It is false when the run is over.
func (h *liveHost) tell(write func()) bool {
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

// do makes a request, and returns when the driver has heard how it ended.
func (h *liveHost) do(ctx context.Context, client *http.Client, req *http.Request) (*http.Response, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	inner, cancel := context.WithCancel(ctx)
	v := &liveVisit{reply: make(chan reply, 1), cancel: cancel}
	arrived := h.tell(func() {
		v.number, v.primes = h.number, !h.begun
		h.number++
		h.visits[v.number] = v
		h.carries[batchKey(req.URL.Host, firstOrigin(body))] = v.number
		h.heard.Arrived = append(h.heard.Arrived, arrival{Visit: v.number, URL: req.URL.String(), Body: body})
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
		resp.Body = &liveBody{ReadCloser: resp.Body, ended: func() { h.ended(v, resp.StatusCode, "") }, cancel: cancel}
		return resp, nil
	case err == nil:
		h.ended(v, resp.StatusCode, "")
		resp.Body = &liveBody{ReadCloser: resp.Body, ended: func() {}, cancel: cancel}
		return resp, nil
	}
	defer cancel()
	if errors.Is(ctx.Err(), context.Canceled) {
		h.tell(func() {
			if h.visits[v.number] != nil {
				delete(h.visits, v.number)
				h.heard.GaveUp = append(h.heard.GaveUp, v.number)
			}
		})
		return nil, err
	}
	h.ended(v, 0, outcomeOf(ctx, err))
	return nil, err
}

const timeoutText = "timeout"

// outcomeOf names an error as the trace does.
func outcomeOf(ctx context.Context, err error) string {
	var dns *net.DNSError
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return timeoutText
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "reset"
	case errors.As(err, &dns):
		return "not found"
	}
	return "failed"
}

// ended tells the driver how a request ended, and waits until it lets the manager hear of it.
func (h *liveHost) ended(v *liveVisit, status int, outcome string) {
	if outcome == "" {
		outcome = fmt.Sprint(status)
	}
	waits := false
	h.tell(func() {
		if waits = h.visits[v.number] != nil; waits {
			h.heard.Ended = append(h.heard.Ended, ending{v.number, status, outcome})
		}
	})
	if waits {
		<-v.reply
	}
}

// apply implements host. It returns when ApplyConfig has, or waits for a drain.
func (h *liveHost) apply(cfg *config.Config) error {
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

func (h *liveHost) offer(tsets map[string][]*targetgroup.Group) (bool, error) {
	patience := time.After(stuckAfter)
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

func (h *liveHost) send(alerts []handed) error {
	h.manager.send(h.start, alerts)
	return nil
}

func (h *liveHost) stop() error {
	h.manager.Stop()
	return nil
}

// answer implements host: the manager hears how its request ended. What the reply says is for requests before the start alone.
func (h *liveHost) answer(visit int, a reply) error {
	h.mu.Lock()
	v := h.visits[visit]
	delete(h.visits, visit)
	h.mu.Unlock()
	if v != nil {
		h.let(v, a)
	}
	return nil
}

// cut implements host: the connection says so itself.
func (h *liveHost) cut(int) error { return nil }

// let lets the manager hear how its request ended, or that nobody answers.
func (h *liveHost) let(v *liveVisit, a reply) {
	if a.Err == protocol.Over.Err {
		v.cancel()
	}
	v.reply <- a
}

func (h *liveHost) begin(int64) error {
	if err := h.open(); err != nil {
		return err
	}
	h.mu.Lock()
	h.begun = true
	h.mu.Unlock()
	h.start = time.Now()
	return nil
}

func (h *liveHost) advance(until int64) (int64, error) {
	select {
	case <-h.options.Stop: // before anything else
		return 0, ErrInterrupted
	default:
	}
	const poll = 50 * time.Millisecond // of busy
	wait := time.Duration(until - int64(time.Since(h.start)))
	if h.busy() {
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
		return 0, fmt.Errorf("%w: it has taken %v of real time and is not over; write a duration, or allow more with --max-duration",
			ErrNotLive, h.options.MaxDuration)
	}
	return int64(now), nil
}

// settle waits until whatever the manager has begun waits for the driver or the network.
func (h *liveHost) settle() (heard, error) {
	began := time.Now()
	for pause := 10 * time.Microsecond; ; pause = min(2*pause, time.Millisecond) {
		a := h.manager.Activity()
		h.mu.Lock()
		if a.Requests == len(h.visits) && a.Updates == h.offered && !a.Woken {
			news := h.heard
			h.heard = heard{Heard: protocol.Heard{Exited: news.Exited}}
			h.mu.Unlock()
			return news, nil
		}
		h.mu.Unlock()
		if time.Since(began) > stuckAfter {
			return heard{}, fmt.Errorf("the manager does not settle: %+v, of which the driver knows %d requests and %d updates", a, len(h.visits), h.offered)
		}
		time.Sleep(pause)
	}
}

func (h *liveHost) samples() ([]Sample, error) { return h.manager.samples() }

func (h *liveHost) alertmanagers() ([]string, error) { return urlTexts(h.manager.Alertmanagers()), nil }

func urlTexts(urls []*url.URL) []string {
	list := make([]string, len(urls))
	for i, u := range urls {
		list[i] = u.String()
	}
	return list
}

// wedged implements host.
func (h *liveHost) wedged() error {
	return fmt.Errorf("%w: the notifier of %s deadlocks here, and would be left behind; use the engine model", ErrNotLive, h.release.Name)
}

// close implements host. It returns when nothing runs any more that the host has started.
func (h *liveHost) close() error {
	h.mu.Lock()
	h.closed = true
	for number, v := range h.visits {
		delete(h.visits, number)
		h.let(v, protocol.Over)
	}
	h.mu.Unlock()
	h.manager.Stop()
	defer h.liveFleet.close()
	select {
	case <-h.exited:
	case <-time.After(stuckAfter):
		return errors.New("the manager does not stop")
	}
	for began := time.Now(); h.manager.Activity().Requests > 0 && time.Since(began) < stuckAfter; {
		time.Sleep(time.Millisecond)
	}
	return nil
}
