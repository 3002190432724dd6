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

// A receiver is what a Manager keeps about an Alertmanager.
type receiver struct {
	// client is that of its send loop, in releases with one for each Alertmanager: a loop keeps it as long as it lives.
	client *http.Client
	// template is a request without a body, or why there is none.
	template *http.Request
	err      error
}

func (m *Manager) newReceiver(am *core.Alertmanager) *receiver {
	to := &receiver{}
	if m.rel.Queues == core.PerAlertmanager {
		to.client = m.clients[am.Set.Config]
	}
	to.template, to.err = http.NewRequest(http.MethodPost, am.String(), nil)
	return to
}

// An exchange is a request on its way.
type exchange struct {
	m       *Manager
	request *core.Request[*managedSend]
	to      *receiver
	client  *http.Client
	api     string
	body    *body
	n       int
	begun   time.Time
	ctx     context.Context
	cancel  context.CancelFunc
	cut     bool // the Core does not wait for the end any more
}

// post starts a request.
func (m *Manager) post(r *core.Request[*managedSend]) {
	set := r.To.Set
	x := &exchange{
		m: m, request: r, to: r.To.Tag.(*receiver), api: set.APIVersion(),
		body: newBody(slices.Clone(r.Segments)), n: r.N, begun: m.opt.Clock.Now(),
	}
	if x.client = x.to.client; x.client == nil {
		x.client = m.clients[set.Config]
	}
	x.ctx, x.cancel = m.withTimeout(time.Duration(set.Config.Timeout))
	r.Tag = x
	m.posts.Add(1)
	m.posting++
	if m.idle {
		m.idle, m.next = false, x
		return
	}
	go func() {
		for x := x; x != nil; {
			x = x.run()
		}
	}()
}

// run makes the request and tells the Core how it ended. It returns the request that this leads to, if any, for the same
// goroutine.
func (x *exchange) run() (next *exchange) {
	m := x.m
	defer m.posts.Done()
	defer x.body.leave()
	outcome, err := x.send()
	took := m.opt.Clock.Since(x.begun)
	x.cancel()
	if err != nil {
		m.log.Error("Alerts could not be sent", "count", x.n, "alertmanager", x.request.To, "err", err)
	}
	m.mu.Lock()
	defer m.leave()
	m.posting--
	if x.cut {
		return nil
	}
	m.idle, m.next = true, nil
	m.core.RequestDone(x.request, outcome, took)
	m.idle = false
	return m.next
}

// send makes the request and waits for its end.
func (x *exchange) send() (core.Outcome, error) {
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
		exhaust(x.ctx, resp.Body)
	} else if resp.Body != nil {
		_ = resp.Body.Close()
	}
	if resp.StatusCode/100 != 2 {
		return core.Failed, fmt.Errorf("bad response status %s", resp.Status)
	}
	return core.Delivered, nil
}

var encodingOf = map[string]Encoding{"v1": EncodingV1, "v2": EncodingV2}

func (x *exchange) newRequest() (*http.Request, error) {
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

// header returns what is in the header of every request of the release, next to what Go writes there.
func header(r *core.Release) http.Header {
	h := http.Header{"Content-Type": {"application/json"}}
	if r.UserAgent {
		h.Set("User-Agent", "Prometheus/"+strings.TrimPrefix(r.Name, "v"))
	}
	return h
}

// exhaust reads a response to its end, so that the connection can be used again, or until the context's.
func exhaust(ctx context.Context, r io.ReadCloser) {
	if r == nil || r == http.NoBody {
		return
	}
	defer context.AfterFunc(ctx, func() { _ = r.Close() })()
	_, _ = io.Copy(io.Discard, r)
	_ = r.Close()
}
