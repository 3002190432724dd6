package blackbox

import (
	"slices"

	common "github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter/protocol"
)

// A child is the host of a manager of another release, in a process of its own. After it was closed without an error,
// the next run can use its process again.
type child struct {
	*process
	pool *pool
}

func (c *child) ApplyConfig(cfg *config.Config) error {
	text, err := legacyConfig(cfg)
	if err != nil {
		return err
	}
	_, err = c.ask(protocol.Request{Op: protocol.Apply, Config: &protocol.Config{
		YAML: text, ExternalLabels: flat(cfg.GlobalConfig.ExternalLabels),
	}})
	return err
}

func (c *child) OfferTargets(tsets map[string][]*targetgroup.Group) (bool, error) {
	targets := map[string][]*protocol.Group{}
	for key, list := range tsets {
		targets[key] = []*protocol.Group{}
		for _, tg := range list {
			g := &protocol.Group{Source: tg.Source, Labels: plain(tg.Labels), Targets: []map[string]string{}}
			for _, t := range tg.Targets {
				g.Targets = append(g.Targets, plain(t))
			}
			targets[key] = append(targets[key], g)
		}
	}
	resp, err := c.ask(protocol.Request{Op: protocol.Offer, Targets: targets})
	return resp.Taken, err
}

func (c *child) Send(alerts []Alert) error {
	list := make([]protocol.Alert, len(alerts))
	for i, a := range alerts {
		list[i] = protocol.Alert{Labels: flat(a.Labels), StartsAt: a.StartsAt, EndsAt: a.EndsAt, GeneratorURL: a.GeneratorURL}
	}
	_, err := c.ask(protocol.Request{Op: protocol.Send, Alerts: list})
	return err
}

func (c *child) Stop() error { return c.do(protocol.Stop) }

func (c *child) Answer(request int, a protocol.Reply) error {
	_, err := c.ask(protocol.Request{
		Op: protocol.Answer, Request: request, Status: a.Status, BodyFor: int64(a.BodyFor), Failure: a.Err,
	})
	return err
}

func (c *child) CutBody(request int) error {
	_, err := c.ask(protocol.Request{Op: protocol.Cut, Request: request})
	return err
}

func (c *child) Begin(at int64) error {
	err := c.do(protocol.Begin)
	if err == nil && at > 0 {
		_, err = c.Advance(at)
	}
	return err
}

func (c *child) Advance(until int64) (int64, error) {
	resp, err := c.ask(protocol.Request{Op: protocol.Advance, Until: until})
	return resp.Now, err
}

func (c *child) Settle() (Events, error) {
	resp, err := c.ask(protocol.Request{Op: protocol.Settle})
	var h Events
	if resp.Events != nil {
		h.Events = *resp.Events
	}
	return h, err
}

func (c *child) Samples() ([]engine.Sample, error) {
	resp, err := c.ask(protocol.Request{Op: protocol.Samples})
	return samplesOf(resp.Samples), err
}

func (c *child) Alertmanagers() ([]string, error) {
	resp, err := c.ask(protocol.Request{Op: protocol.Alertmanagers})
	return resp.URLs, err
}

// ExpectDeadlock implements Host.
func (c *child) ExpectDeadlock() error { return c.expectDeadlock() }

// Close implements Host: it stops the manager, whose open requests are not answered. If the manager does not end, the
// process is not used again.
func (c *child) Close() error {
	err := c.do(protocol.Close)
	if err != nil {
		c.end()
	}
	c.pool.release(c.process)
	return err
}

// do asks the child for an operation that has no arguments and no result.
func (c *child) do(op string) error {
	_, err := c.ask(protocol.Request{Op: op})
	return err
}

// flat returns labels as a list of alternating names and values.
func flat(lset labels.Labels) []string {
	list := make([]string, 0, 2*lset.Len())
	lset.Range(func(l labels.Label) { list = append(list, l.Name, l.Value) })
	return slices.Clip(list)
}

func plain(set common.LabelSet) map[string]string {
	m := make(map[string]string, len(set))
	for n, v := range set {
		m[string(n)] = string(v)
	}
	return m
}
