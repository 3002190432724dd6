package sim

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"

	common "github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/adapter"
	"github.com/notifysim/notifysim/sim/adapter/protocol"
)

// BuildProgress is told when the notifier of another release is compiled, which takes a minute or two. Set it before the first run.
var BuildProgress io.Writer = os.Stderr

// A child is the host of a manager of another release, in a process of its own. A child that was closed without an error can be
// opened again, for the next run.
type child struct {
	*process
	pool *pool
}

// A pool starts the children with one notifier, and keeps those that no run needs at the moment.
type pool struct {
	variant

	mu   sync.Mutex
	idle []*process
}

// A variant is a notifier that a child can hold: of a release, or of a fork.
type variant struct {
	name    string
	module  string // what a child says that it was built with
	program func() (*adapter.Program, error)
}

// pools are by module, or by folder.
var pools struct {
	sync.Mutex
	of map[string]*pool
}

// poolFor returns the pool of a release, or of the checkout of Prometheus in a folder.
func poolFor(release, folder string) (*pool, error) {
	builder := &adapter.Builder{Progress: BuildProgress}
	if folder != "" {
		return poolOf(folder, variant{"the notifier in " + folder, "replaced", func() (*adapter.Program, error) {
			return builder.BuildFork(context.Background(), folder)
		}}), nil
	}
	pin, err := adapter.Find(release)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("the notifier of Prometheus %s (module %s)", pin.Release, pin.Module)
	return poolOf(pin.Module, variant{name, pin.Module, func() (*adapter.Program, error) {
		return builder.Build(context.Background(), pin)
	}}), nil
}

func poolOf(key string, fresh variant) *pool {
	pools.Lock()
	defer pools.Unlock()
	k := pools.of[key]
	if k == nil {
		fresh.program = sync.OnceValues(fresh.program)
		k = &pool{variant: fresh}
		if pools.of == nil {
			pools.of = map[string]*pool{}
		}
		pools.of[key] = k
	}
	return k
}

// EndChildren ends the processes that wait for another run. They end with this process in any case.
func EndChildren() {
	pools.Lock()
	defer pools.Unlock()
	for _, k := range pools.of {
		k.mu.Lock()
		for _, p := range k.idle {
			p.end()
		}
		k.idle = nil
		k.mu.Unlock()
	}
}

// PrepareNotifier compiles the notifier of the checkout of Prometheus in a folder, for Options.Notifier.
func PrepareNotifier(folder string) error {
	k, err := poolFor("", folder)
	if err == nil {
		_, err = k.program()
	}
	return err
}

// open returns a child with a new manager.
func (k *pool) open(flags scenarios.Flags) (*child, error) {
	p, err := k.take()
	if err != nil {
		return nil, err
	}
	resp, err := p.ask(protocol.Request{Op: protocol.Open, Options: &protocol.Options{
		QueueCapacity: flags.QueueCapacity, MaxBatchSize: flags.BatchSize, DrainOnShutdown: flags.DrainOnShutdown,
	}})
	if err == nil && resp.Module != k.module {
		err = p.fail(protocol.Open, fmt.Sprintf("it was built with module %q; remove it from the cache directory", resp.Module))
	}
	if err != nil {
		p.end()
		return nil, err
	}
	return &child{p, k}, nil
}

func (k *pool) take() (*process, error) {
	prog, err := k.program()
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if n := len(k.idle); n > 0 {
		p := k.idle[n-1]
		k.idle = k.idle[:n-1]
		return p, nil
	}
	return startProcess(k.name, stuckAfter, prog.Path)
}

// giveBack keeps a process for the next run, if it is alive.
func (k *pool) giveBack(p *process) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if p.err == nil {
		k.idle = append(k.idle, p)
	}
}

// linked reports whether the notifier of a release is that of the Prometheus module that this binary is built with: alike by our
// table, and not to be had by itself.
func linked(rel *core.Release) bool {
	if rel.Line != core.Newest().Line {
		return false
	}
	_, err := adapter.Find(rel.Name)
	return err != nil
}

// inChild runs r with the real notifier of its release, or with the one that the options name.
func (r *run) inChild() error {
	k, err := poolFor(r.release.Name, r.options.Notifier)
	if err != nil {
		return err
	}
	r.options.Phases = true
	return r.drive(func(*sender) (host, error) { return k.open(r.file.Flags) })
}

func (c *child) apply(cfg *config.Config) error {
	text, err := oldConfig(cfg)
	if err != nil {
		return err
	}
	_, err = c.ask(protocol.Request{Op: protocol.Apply, Config: &protocol.Config{
		YAML: text, ExternalLabels: flat(cfg.GlobalConfig.ExternalLabels),
	}})
	return err
}

func (c *child) offer(tsets map[string][]*targetgroup.Group) (bool, error) {
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

func (c *child) send(alerts []handed) error {
	list := make([]protocol.Alert, len(alerts))
	for i, a := range alerts {
		list[i] = protocol.Alert{Labels: flat(a.Labels), StartsAt: a.StartsAt, EndsAt: a.EndsAt, GeneratorURL: a.GeneratorURL}
	}
	_, err := c.ask(protocol.Request{Op: protocol.Send, Alerts: list})
	return err
}

func (c *child) stop() error { return c.do(protocol.Stop) }

func (c *child) answer(visit int, a reply) error {
	_, err := c.ask(protocol.Request{Op: protocol.Answer, Visit: visit, Status: a.Status, BodyFor: int64(a.BodyFor), Failure: a.Err})
	return err
}

func (c *child) cut(visit int) error {
	_, err := c.ask(protocol.Request{Op: protocol.Cut, Visit: visit})
	return err
}

func (c *child) begin(at int64) error {
	err := c.do(protocol.Begin)
	if err == nil && at > 0 {
		_, err = c.advance(at)
	}
	return err
}

func (c *child) advance(until int64) (int64, error) {
	resp, err := c.ask(protocol.Request{Op: protocol.Advance, Until: until})
	return resp.Now, err
}

func (c *child) settle() (heard, error) {
	resp, err := c.ask(protocol.Request{Op: protocol.Settle})
	var h heard
	if resp.Heard != nil {
		h.Heard = *resp.Heard
	}
	return h, err
}

func (c *child) samples() ([]Sample, error) {
	resp, err := c.ask(protocol.Request{Op: protocol.Samples})
	return samplesOf(resp.Samples), err
}

func (c *child) alertmanagers() ([]string, error) {
	resp, err := c.ask(protocol.Request{Op: protocol.Alertmanagers})
	return resp.URLs, err
}

// wedged implements host.
func (c *child) wedged() error { return c.standsStill() }

// close implements host: the manager is told to stop and nobody is answered. A child whose manager does not end is not used again.
func (c *child) close() error {
	err := c.do(protocol.Close)
	if err != nil {
		c.end()
	}
	c.pool.giveBack(c.process)
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
