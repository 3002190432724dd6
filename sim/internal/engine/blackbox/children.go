package blackbox

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter/protocol"
)

// Children are the child processes that run the notifiers of other releases and of forks. They are kept for the next
// run. The zero Children is empty and ready. Several runs may use it at the same time.
type Children struct {
	// Progress, if not nil, gets a line when a notifier is compiled, which takes a minute or two.
	Progress io.Writer
	// Patience is how long, in real time, a child may take for one response; 0 is DefaultPatience.
	Patience time.Duration

	mu    sync.Mutex
	pools map[string]*pool // the key is the module version, or the folder of a checkout
}

// pool returns the pool of a release or, if folder is not "", that of the checkout of Prometheus in the folder.
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

// Prepare compiles the notifier of the checkout of Prometheus in a folder.
func (c *Children) Prepare(folder string) error {
	p, err := c.pool("", folder)
	if err == nil {
		_, err = p.program()
	}
	return err
}

// Open returns a function that makes hosts with the notifier of a release or, if folder is not "", with that of the
// checkout of Prometheus in the folder.
func (c *Children) Open(release, folder string, flags scenarios.Flags) (func(sender int) (Host, error), error) {
	p, err := c.pool(release, folder)
	if err != nil {
		return nil, err
	}
	return func(int) (Host, error) { return p.open(flags) }, nil
}

// Close ends the processes that no run uses. All of them end when this process ends.
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

// A variant is a notifier that a child process can run: that of a release or of a fork.
type variant struct {
	name    string
	module  string // the version of the Prometheus module that the child must report
	program func() (*adapter.Program, error)
}

// A pool starts the processes that run one variant, and keeps those that no run uses at the moment.
type pool struct {
	variant
	patience time.Duration

	mu   sync.Mutex
	idle []*process
}

// open returns a child with a new manager, in a process of the pool or in a new one.
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

// release keeps a process for the next run, unless it has ended.
func (p *pool) release(proc *process) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if proc.err == nil {
		p.idle = append(p.idle, proc)
	}
}

// IsLinked reports whether a release runs on the notifier that is linked into this binary, and not in a child process
// with another Prometheus module.
func IsLinked(rel *core.Release) bool {
	pin, err := adapter.Find(rel.Name)
	return err == nil && pin.Module == adapter.Linked
}

// Runs returns nil if a notifier of the release can be run, and otherwise an error that says why it cannot.
func Runs(rel *core.Release) error {
	if IsLinked(rel) {
		return nil
	}
	_, err := adapter.Find(rel.Name)
	return err
}
