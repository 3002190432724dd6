package blackbox

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	common "github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter/protocol"
)

// A child is the host of a manager of another release, in a process of its own. A child that was closed without an
// error can be opened again, for the next run.
type child struct {
	*process
	pool *pool
}

// A pool starts the children with one notifier, and keeps those that no run needs at the moment.
type pool struct {
	variant
	patience time.Duration

	mu   sync.Mutex
	idle []*process
}

// A variant is a notifier that a child can hold: of a release, or of a fork.
type variant struct {
	name    string
	module  string // what a child says that it was built with
	program func() (*adapter.Program, error)
}

// Children are the processes that run the notifiers of other releases and of forks, kept for the next run. The zero
// Children is empty and ready. It may be used by several runs at once.
type Children struct {
	// Progress, if not nil, is written to when a notifier is compiled, which takes a minute or two.
	Progress io.Writer
	// Patience is for how long of real time a child may take for one response; 0 is DefaultPatience.
	Patience time.Duration

	mu    sync.Mutex
	pools map[string]*pool // by module, or by folder
}

// pool returns the pool of a release, or of the checkout of Prometheus in a folder.
func (c *Children) pool(release, folder string) (*pool, error) {
	builder := &adapter.Builder{Progress: c.Progress}
	if folder != "" {
		return c.poolOf(folder, variant{"the notifier in " + folder, "replaced", func() (*adapter.Program, error) {
			return builder.BuildFork(context.Background(), folder)
		}}), nil
	}
	pin, err := adapter.Find(release)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("the notifier of Prometheus %s (module %s)", pin.Release, pin.Module)
	return c.poolOf(pin.Module, variant{name, pin.Module, func() (*adapter.Program, error) {
		return builder.Build(context.Background(), pin)
	}}), nil
}

func (c *Children) poolOf(key string, fresh variant) *pool {
	c.mu.Lock()
	defer c.mu.Unlock()
	p := c.pools[key]
	if p == nil {
		fresh.program = sync.OnceValues(fresh.program)
		p = &pool{variant: fresh, patience: cmp.Or(c.Patience, DefaultPatience)}
		if c.pools == nil {
			c.pools = map[string]*pool{}
		}
		c.pools[key] = p
	}
	return p
}

// Close ends the processes that wait for another run. They end with this process in any case.
func (c *Children) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range c.pools {
		p.mu.Lock()
		for _, idle := range p.idle {
			idle.end()
		}
		p.idle = nil
		p.mu.Unlock()
	}
}

// Prepare compiles the notifier of the checkout of Prometheus in a folder.
func (c *Children) Prepare(folder string) error {
	p, err := c.pool("", folder)
	if err == nil {
		_, err = p.program()
	}
	return err
}

// Open returns what makes hosts of the notifier of a release, or of the checkout of Prometheus in a folder.
func (c *Children) Open(release, folder string, flags scenarios.Flags) (func(sender int) (Host, error), error) {
	p, err := c.pool(release, folder)
	if err != nil {
		return nil, err
	}
	return func(int) (Host, error) { return p.open(flags) }, nil
}

// open returns a child with a new manager.
func (p *pool) open(flags scenarios.Flags) (*child, error) {
	proc, err := p.take()
	if err != nil {
		return nil, err
	}
	resp, err := proc.ask(protocol.Request{Op: protocol.Open, Options: &protocol.Options{
		QueueCapacity: flags.QueueCapacity, MaxBatchSize: flags.BatchSize, DrainOnShutdown: flags.DrainOnShutdown,
	}})
	if err == nil && resp.Module != p.module {
		err = proc.fail(protocol.Open, fmt.Sprintf("it was built with module %q; remove it from the cache directory",
			resp.Module))
	}
	if err != nil {
		proc.end()
		return nil, err
	}
	return &child{proc, p}, nil
}

func (p *pool) take() (*process, error) {
	prog, err := p.program()
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.idle); n > 0 {
		proc := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return proc, nil
	}
	return startProcess(p.name, p.patience, prog.Path)
}

// release keeps a process for the next run, if it is alive.
func (p *pool) release(proc *process) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if proc.err == nil {
		p.idle = append(p.idle, proc)
	}
}

// IsLinked reports whether the notifier of a release is that of the Prometheus module that this binary is built with:
// alike by our table, and not to be had by itself.
func IsLinked(rel *core.Release) bool {
	if rel.Line != core.Newest().Line {
		return false
	}
	_, err := adapter.Find(rel.Name)
	return err != nil
}

// Runs returns nil if there is a notifier of the release, and otherwise why not.
func Runs(rel *core.Release) error {
	if IsLinked(rel) {
		return nil
	}
	_, err := adapter.Find(rel.Name)
	return err
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

// Close implements Host: it stops the manager and answers no request. A child whose manager does not end is not
// used again.
func (c *child) Close() error {
	err := c.do(protocol.Close)
	if err != nil {
		c.end()
	}
	c.pool.release(c.process)
	return err
}

// do asks for an operation without arguments or results.
func (c *child) do(op string) error {
	_, err := c.ask(protocol.Request{Op: op})
	return err
}

// flat lists names and values in turn.
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
