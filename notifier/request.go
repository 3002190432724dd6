package notifier

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
)

// An endpoint is the Manager's data about one Alertmanager.
type endpoint struct {
	// client is the client of the Alertmanager's send loop, in releases with a send loop for each Alertmanager; it
	// survives reloads. In other releases it is nil.
	client *http.Client
	// template is a request without a body. If it could not be made, err says why.
	template *http.Request
	err      error
}

func (m *Manager) newEndpoint(am *core.Alertmanager) *endpoint {
	to := &endpoint{}
	if m.rel.Queues == core.PerAlertmanager {
		to.client = m.clients[am.Set.Config]
	}
	to.template, to.err = http.NewRequest(http.MethodPost, am.String(), nil)
	return to
}

// An inflightRequest is a request that has not ended.
type inflightRequest struct {
	m         *Manager
	request   *core.Request[*sendCall]
	to        *endpoint
	client    *http.Client
	api       string
	body      *body
	n         int
	started   time.Time
	ctx       context.Context
	cancel    context.CancelFunc
	abandoned bool // the core has given the request up and wants no outcome
}

// post starts a request.
func (m *Manager) post(r *core.Request[*sendCall]) {
	set := r.To.Set
	x := &inflightRequest{
		m: m, request: r, to: r.To.Tag.(*endpoint), api: set.APIVersion(),
		body: newBody(slices.Clone(r.Segments)), n: r.N, started: m.opt.Clock.Now(),
	}
	if x.client = x.to.client; x.client == nil {
		x.client = m.clients[set.Config]
	}
	x.ctx, x.cancel = m.withTimeout(time.Duration(set.Config.Timeout)) //mutant:timeout-is-doubled
	r.Tag = x
	m.posts.Add(1)
	m.inFlight++
	if m.reusing {
		m.reusing, m.next = false, x
		return
	}
	go func() {
		for x := x; x != nil; {
			x = x.run()
		}
	}()
}

// run makes the request and reports its outcome to the core. If the core then starts the next request, run returns it,
// so that the caller can run it on the same goroutine.
func (x *inflightRequest) run() (next *inflightRequest) {
	m := x.m
	defer m.posts.Done()
	defer x.body.release()
	outcome, err := x.send()
	took := m.opt.Clock.Since(x.started)
	x.cancel()
	if err != nil {
		m.log.Error("Alerts could not be sent", "count", x.n, "alertmanager", x.request.To, "err", err)
	}
	m.mu.Lock()
	defer m.unlock()
	m.inFlight--
	if x.abandoned {
		return nil
	}
	m.reusing, m.next = true, nil
	m.core.RequestDone(x.request, outcome, took)
	m.reusing = false
	return m.next
}

// send makes the request and waits for its end.
func (x *inflightRequest) send() (core.Outcome, error) {
	e, ok := encodingOf[x.api]
	if !ok {
		return core.EncodeFailed, fmt.Errorf("API version %q is not known", x.api)
	}
	if err := x.body.encode(e); err != nil {
		return core.EncodeFailed, err
	}
	if x.to.err != nil {
		return core.Failed, x.to.err
	}
	req, err := x.newRequest()
	if err != nil {
		return core.Failed, err
	}
	resp, err := x.m.opt.Do(x.ctx, x.client, req)
	if err != nil {
		return core.Failed, err
	}
	if x.m.rel.ReadsBody {
		readToEnd(x.ctx, resp.Body)
	} else if resp.Body != nil {
		_ = resp.Body.Close()
	}
	if resp.StatusCode/100 != 2 { //mutant:redirection-counts-as-success
		return core.Failed, fmt.Errorf("bad response status %s", resp.Status)
	}
	return core.Delivered, nil
}

var encodingOf = map[string]Encoding{"v1": EncodingV1, "v2": EncodingV2}

func (x *inflightRequest) newRequest() (*http.Request, error) {
	reader, err := x.body.reader()
	if err != nil {
		return nil, err
	}
	req := *x.to.template
	url := *req.URL
	req.URL = &url
	req.Header = maps.Clone(x.m.header)
	req.Body, req.GetBody, req.ContentLength = reader, x.body.reader, x.body.size
	return &req, nil
}

// header returns the header of every request in a release, without the fields that net/http adds.
func header(r *core.Release) http.Header {
	h := http.Header{"Content-Type": {"application/json"}}
	if r.UserAgent {
		h.Set("User-Agent", "Prometheus/"+strings.TrimPrefix(r.Name, "v"))
	}
	return h
}

// readToEnd reads a response to its end, so that the connection can be reused, but no longer than until ctx ends.
func readToEnd(ctx context.Context, r io.ReadCloser) {
	if r == nil || r == http.NoBody {
		return
	}
	defer context.AfterFunc(ctx, func() { _ = r.Close() })()
	_, _ = io.Copy(io.Discard, r)
	_ = r.Close()
}
