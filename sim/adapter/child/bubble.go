//go:build ignore

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/notifier"

	"notifysim.child/protocol"
)

// A bubble drives a manager. All its methods are called from within a synctest bubble. Package sim has its twin, for the notifier
// that it is built with.
type bubble struct {
	manager  *notifier.Manager
	registry *prometheus.Registry
	start    time.Time
	tsets    chan map[string][]*targetgroup.Group
	wake     chan struct{}
	answers  map[int]chan answer
	bodies   map[int]chan struct{} // of answers that take their time

	mu     sync.Mutex // guards what the manager's goroutines write:
	heard  protocol.Heard
	visits int
	closed bool
}

// An answer is what the manager's HTTP client returns: a status, or an error.
type answer struct {
	status  int
	bodyFor time.Duration // a body that is empty takes
	failure string
	cut     chan struct{} // closed when the body breaks off
}

var over = answer{failure: "the run is over"}

// newBubble starts a manager, and says which options its release lacks.
func newBubble(o *protocol.Options) (*bubble, []string) {
	b := &bubble{
		registry: prometheus.NewRegistry(), start: time.Now(), tsets: make(chan map[string][]*targetgroup.Group),
		wake: make(chan struct{}, 1), answers: map[int]chan answer{}, bodies: map[int]chan struct{}{},
	}
	options := &notifier.Options{QueueCapacity: o.QueueCapacity, Do: b.post, Registerer: b.registry}
	var lacks []string
	for _, f := range []struct {
		name  string
		value any
	}{{"DrainOnShutdown", o.DrainOnShutdown}, {"MaxBatchSize", o.MaxBatchSize}} {
		if !setField(options, f.name, f.value) {
			lacks = append(lacks, f.name)
		}
	}
	b.manager = newManager(options)
	go func() {
		b.manager.Run(b.tsets)
		b.tell(func() { b.heard.Exited = true })
	}()
	synctest.Wait()
	return b, lacks
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

// post stands for the HTTP client: it hands the request over and waits for what becomes of it.
func (b *bubble) post(ctx context.Context, _ *http.Client, req *http.Request) (*http.Response, error) {
	if err := ctx.Err(); err != nil {
		// As net/http does (Transport.RoundTrip). Up to v2.36 a stopped manager, whose select picks among ready cases at random, may
		// try to post more of its queue, with the context that Stop cancelled.
		return nil, err
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	mine := make(chan answer, 1)
	var visit int
	arrived := b.tell(func() {
		visit = b.visits
		b.visits++
		b.answers[visit] = mine
		b.heard.Arrived = append(b.heard.Arrived, protocol.Arrival{Visit: visit, URL: req.URL.String(), Body: body})
	})
	if !arrived {
		return over.response(ctx, req)
	}
	select {
	case a := <-mine:
		return a.response(ctx, req)
	case <-ctx.Done():
		b.tell(func() { b.heard.GaveUp = append(b.heard.GaveUp, visit) })
		return nil, ctx.Err()
	}
}

func (a answer) response(ctx context.Context, req *http.Request) (*http.Response, error) {
	if a.failure != "" {
		return nil, errors.New(a.failure)
	}
	body := io.NopCloser(http.NoBody)
	if a.bodyFor > 0 {
		body = io.NopCloser(slowBody{ctx, a.bodyFor, a.cut})
	}
	return &http.Response{
		Status: http.StatusText(a.status), StatusCode: a.status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
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

// do carries out a request.
func (b *bubble) do(req protocol.Request) (resp protocol.Response) {
	var err error
	switch req.Op {
	case protocol.Apply:
		err = b.apply(req.Config)
	case protocol.Offer:
		select {
		case b.tsets <- groups(req.Targets):
			resp.Taken = true
		default:
		}
	case protocol.Send:
		b.manager.Send(b.alerts(req.Alerts)...)
	case protocol.Stop:
		b.manager.Stop()
	case protocol.Answer:
		err = b.answer(req.Visit, answer{status: req.Status, bodyFor: time.Duration(req.BodyFor), failure: req.Failure})
	case protocol.Cut:
		err = b.cut(req.Visit)
	case protocol.Begin:
		b.start = time.Now()
	case protocol.Advance:
		resp.Now = b.advance(req.Until)
	case protocol.Settle:
		resp.Heard = b.settle()
	case protocol.Samples:
		resp.Samples, err = samples(b.registry)
	case protocol.Alertmanagers:
		for _, u := range b.manager.Alertmanagers() {
			resp.URLs = append(resp.URLs, u.String())
		}
	default:
		err = fmt.Errorf("operation %q is not known", req.Op)
	}
	if err != nil {
		resp.Error = err.Error()
	}
	return resp
}

// apply calls ApplyConfig. The drain of what leaves may hold it up until requests have been answered: then it goes on beside the
// driver. An error comes at once.
func (b *bubble) apply(c *protocol.Config) error {
	cfg, err := load(c.YAML)
	if err != nil {
		return err
	}
	cfg.GlobalConfig.ExternalLabels = labels.FromStrings(c.ExternalLabels...)
	done := make(chan error, 1)
	go func() { done <- b.manager.ApplyConfig(cfg) }()
	synctest.Wait()
	select {
	case err := <-done:
		return err
	default:
		return nil
	}
}

func groups(targets map[string][]*protocol.Group) map[string][]*targetgroup.Group {
	tsets := map[string][]*targetgroup.Group{}
	set := func(m map[string]string) model.LabelSet {
		var s model.LabelSet
		for n, v := range m {
			if s == nil {
				s = model.LabelSet{}
			}
			s[model.LabelName(n)] = model.LabelValue(v)
		}
		return s
	}
	for key, list := range targets {
		tsets[key] = nil
		for _, g := range list {
			tg := &targetgroup.Group{Source: g.Source, Labels: set(g.Labels)}
			for _, t := range g.Targets {
				tg.Targets = append(tg.Targets, set(t))
			}
			tsets[key] = append(tsets[key], tg)
		}
	}
	return tsets
}

// alerts makes alerts for one call of Send: older releases change them.
func (b *bubble) alerts(list []protocol.Alert) []*notifier.Alert {
	alerts := make([]*notifier.Alert, len(list))
	for i, a := range list {
		alerts[i] = &notifier.Alert{
			Labels: labels.FromStrings(a.Labels...), Annotations: labels.Labels{}, GeneratorURL: a.GeneratorURL,
			StartsAt: b.start.Add(time.Duration(a.StartsAt)), EndsAt: b.start.Add(time.Duration(a.EndsAt)),
		}
	}
	return alerts
}

func (b *bubble) answer(visit int, a answer) error {
	b.mu.Lock()
	mine := b.answers[visit]
	delete(b.answers, visit)
	b.mu.Unlock()
	if mine == nil {
		return fmt.Errorf("visit %d is not open", visit)
	}
	if a.bodyFor > 0 {
		a.cut = make(chan struct{})
		b.bodies[visit] = a.cut
	}
	mine <- a // there is room for one, read or not
	return nil
}

// cut breaks a body off.
func (b *bubble) cut(visit int) error {
	body := b.bodies[visit]
	if body == nil {
		return fmt.Errorf("visit %d has no body that takes its time", visit)
	}
	close(body)
	delete(b.bodies, visit)
	return nil
}

// advance lets time pass until the instant or, before it, until the manager does something.
func (b *bubble) advance(until int64) int64 {
	if wait := until - int64(time.Since(b.start)); wait > 0 {
		timer := time.NewTimer(time.Duration(wait))
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-b.wake:
		}
	}
	return int64(time.Since(b.start))
}

func (b *bubble) settle() *protocol.Heard {
	synctest.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	h := b.heard
	b.heard.Arrived, b.heard.GaveUp = nil, nil
	return &h
}

// close ends it all; nobody is answered any more. The bubble ends when all goroutines of the manager have.
func (b *bubble) close() {
	b.mu.Lock()
	b.closed = true
	for _, mine := range b.answers {
		select {
		case mine <- over:
		default:
		}
	}
	b.mu.Unlock()
	b.manager.Stop()
}
