//go:build ignore

package main

import (
	"fmt"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/notifier"

	"notifysim.child/protocol"
)

// A bubble drives a manager. All its methods must be called in a synctest bubble. Package blackbox has a type like it
// for the notifier that notifysim itself is linked with.
type bubble struct {
	manager   *notifier.Manager
	registry  *prometheus.Registry
	start     time.Time
	tsets     chan map[string][]*targetgroup.Group
	transport *protocol.Transport
	keys      map[string]string // how the release names the set that is config-0, config-1 and so on; nil if like that
}

// newBubble starts a manager. It also returns the names of the options that the manager's release lacks.
func newBubble(o *protocol.Options) (*bubble, []string) {
	b := &bubble{
		registry: prometheus.NewRegistry(), start: time.Now(), tsets: make(chan map[string][]*targetgroup.Group),
		transport: protocol.NewTransport(),
	}
	options := &notifier.Options{QueueCapacity: o.QueueCapacity, Do: b.transport.Do, Registerer: b.registry}
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
		b.transport.Record(func(e *protocol.Events) { e.Exited = true })
	}()
	synctest.Wait()
	return b, lacks
}

// do executes a request.
func (b *bubble) do(req protocol.Request) (resp protocol.Response) {
	var err error
	switch req.Op {
	case protocol.Apply:
		err = b.apply(req.Config)
	case protocol.Offer:
		select {
		case b.tsets <- b.groups(req.Targets):
			resp.Taken = true
		default:
		}
	case protocol.Send:
		b.manager.Send(b.alerts(req.Alerts)...)
	case protocol.Stop:
		b.manager.Stop()
	case protocol.Answer:
		err = b.transport.Answer(req.Request, protocol.Reply{
			Status: req.Status, BodyFor: time.Duration(req.BodyFor), Err: req.Failure,
		})
	case protocol.Cut:
		err = b.transport.Cut(req.Request)
	case protocol.Begin:
		b.start = time.Now()
	case protocol.Advance:
		resp.Now = b.transport.Advance(b.start, req.Until)
	case protocol.Settle:
		synctest.Wait()
		events := b.transport.TakeEvents()
		resp.Events = &events
	case protocol.Samples:
		resp.Samples, err = protocol.Gather(b.registry)
	case protocol.Alertmanagers:
		for _, u := range b.manager.Alertmanagers() {
			resp.URLs = append(resp.URLs, u.String())
		}
	default:
		err = fmt.Errorf("the operation %q is not known", req.Op)
	}
	if err != nil {
		resp.Error = err.Error()
	}
	return resp
}

// apply calls ApplyConfig. If the manager drains the queue of a removed Alertmanager, its ApplyConfig waits until the
// requests of the drain have been answered; apply then returns before it. An error comes at once.
func (b *bubble) apply(c *protocol.Config) error {
	cfg, err := load(c.YAML)
	if err != nil {
		return err
	}
	setExternalLabels(cfg, c.ExternalLabels)
	b.keys = setKeys(cfg)
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

func (b *bubble) groups(targets map[string][]*protocol.Group) map[string][]*targetgroup.Group {
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
		if b.keys != nil {
			if key = b.keys[key]; key == "" {
				continue
			}
		}
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

// alerts returns fresh alerts for one call of Send, because older releases modify them in place.
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

// close stops the manager, whose open requests are not answered. The bubble ends when all goroutines of the manager
// have ended.
func (b *bubble) close() {
	b.transport.Close()
	b.manager.Stop()
}
