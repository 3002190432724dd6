package blackbox

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter/protocol"
)

// ErrChild means that a child process, which runs the notifier of another release, failed: it ended, wrote something
// other than a response, or did not respond in time. The full error names the failure and the release, and quotes the
// end of the child's standard error.
var ErrChild = errors.New("the child process that runs the notifier failed")

// A process is a child process that handles one request at a time. After its first failure it gets no more requests.
type process struct {
	name     string // of the notifier, for errors
	patience time.Duration
	cmd      *exec.Cmd
	in       io.WriteCloser
	out      *bufio.Reader
	said     headTail
	hung     atomic.Bool
	ended    chan struct{}
	err      error // the first failure
}

// startProcess starts a child.
func startProcess(name string, patience time.Duration, path string, args ...string) (*process, error) {
	p := &process{name: name, patience: patience, cmd: exec.Command(path, args...), ended: make(chan struct{})}
	isolate(p.cmd)
	p.cmd.Stderr = &p.said
	p.cmd.WaitDelay = time.Second
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReaderSize(out, 1<<16)
	if err := start(p.cmd); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrChild, name, err)
	}
	return p, nil
}

// ask sends a request to the child and returns the response. If the response is an error of the manager, the child
// stays usable.
func (p *process) ask(req protocol.Request) (protocol.Response, error) {
	var resp protocol.Response
	if p.err != nil {
		return resp, p.err
	}
	line, err := json.Marshal(req)
	if err != nil {
		return resp, err
	}
	watchdog := time.AfterFunc(p.patience, func() {
		p.hung.Store(true)
		dump(p.cmd)
		select {
		case <-p.ended:
		case <-time.After(dumpTime):
			kill(p.cmd)
		}
	})
	defer watchdog.Stop()
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return resp, p.fail(req.Op, "it did not read the request: "+err.Error())
	}
	answer, err := p.out.ReadBytes('\n')
	if err != nil {
		return resp, p.fail(req.Op, "it ended")
	}
	if err := json.Unmarshal(answer, &resp); err != nil {
		return resp, p.fail(req.Op, fmt.Sprintf("it wrote %s", clip(answer)))
	}
	if resp.Error != "" {
		return resp, errors.New(resp.Error)
	}
	return resp, nil
}

// fail kills the process, and records and returns why.
func (p *process) fail(op, what string) error {
	kill(p.cmd)
	ended := p.wait()
	if p.hung.Load() {
		p.err = fmt.Errorf("%w: %s did not respond to %q in %v: %w", ErrChild, p.name, op, p.patience, ErrStuck)
		if waiting := waitingIn(p.said.all()); len(waiting) > 0 {
			p.err = fmt.Errorf("%w\nits goroutines wait for:\n%s", p.err, strings.Join(waiting, "\n"))
			return p.err
		}
		if signalled(p.cmd) {
			p.err = fmt.Errorf("%w\nit did not write the stacks of its goroutines in %v either: it may have been stopped "+
				"(SIGSTOP), or the machine is overloaded", p.err, dumpTime)
		}
	} else {
		if ended != nil && what == "it ended" {
			what = "it ended: " + ended.Error()
		}
		p.err = fmt.Errorf("%w: %s, at %q: %s", ErrChild, p.name, op, what)
	}
	if said := p.said.String(); said != "" {
		p.err = fmt.Errorf("%w\nits last output:\n%s", p.err, said)
	}
	return p.err
}

// end ends a process, if it has not failed before.
func (p *process) end() {
	if p.err == nil {
		p.err = fmt.Errorf("%w: %s has already been ended", ErrChild, p.name)
		p.in.Close()
		kill(p.cmd)
		p.wait()
	}
}

func (p *process) wait() error {
	p.in.Close()
	defer close(p.ended)
	return p.cmd.Wait()
}

// clip quotes the beginning of an invalid response, for an error.
func clip(b []byte) string {
	const most = 200
	if len(b) > most {
		return fmt.Sprintf("%q and %d bytes more", b[:most], len(b)-most)
	}
	return fmt.Sprintf("%q", b)
}

// A headTail keeps the first and the last bytes that are written to it: of a Go program that panics, the panic message
// comes first and the stack of the last goroutine comes last.
type headTail struct {
	mu         sync.Mutex
	head, last []byte
	left       bool // bytes between head and tail were dropped
}

const (
	tailLength = 2 << 10   // how many bytes String shows
	dumpLength = 256 << 10 // how many bytes are kept
)

func (t *headTail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := min(len(b), tailLength-len(t.head))
	t.head = append(t.head, b[:n]...)
	t.last = append(t.last, b[n:]...)
	if n := len(t.last) - dumpLength; n > 0 {
		t.last, t.left = append(t.last[:0], t.last[n:]...), true
	}
	return len(b), nil
}

func (t *headTail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	between, last := "", t.last
	if n := len(last) - tailLength; n > 0 || t.left {
		between, last = "\n…\n", last[max(n, 0):]
	}
	return strings.TrimSpace(string(t.head) + between + string(last))
}

// all returns all bytes that were kept.
func (t *headTail) all() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.head) + string(t.last)
}
