// Package live is the host of the Manager of package notifier on the wall clock; the Manager posts over HTTP to fake or
// real Alertmanagers.
//
// Times are those of the machine, so expectations are judged with a tolerance, and no two runs are the same. The
// package never starts or stops a real Alertmanager.
//
// The package is internal to sim: it promises nothing to others.
package live

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter/protocol"
)

// A Host is the host of a Manager on the wall clock. Requests go out at once, but the Manager gets a response only
// after the engine has recorded it. So the engine can make one step at a time and knows when a step is over.
type Host struct {
	*alertmanagers
	options Options
	manager *blackbox.LiveManager
	release *core.Release
	start   time.Time
	tsets   chan map[string][]*targetgroup.Group
	wake    chan struct{}
	exited  chan struct{}
	offered int // the number of target updates that Run received

	mu       sync.Mutex // guards the fields below, which the manager's goroutines and the servers write
	did      blackbox.Events
	requests map[int]*pendingRequest // the requests whose response the manager does not have yet
	number   int
	// carries has the number of the latest request for each batchKey.
	carries map[string]int
	begun   bool
	closed  bool
}

// New starts a manager.
func New(o Options) *Host {
	h := &Host{
		options: o, release: o.Release, start: time.Now(), requests: map[int]*pendingRequest{}, carries: map[string]int{},
		tsets: make(chan map[string][]*targetgroup.Group), wake: make(chan struct{}, 1), exited: make(chan struct{}),
	}
	h.alertmanagers = newAlertmanagers(h)
	h.manager = blackbox.NewLiveManager(o.Flags, o.Release, h.do, h.dial)
	go func() {
		defer close(h.exited)
		h.manager.Run(h.tsets)
		h.record(func() { h.did.Exited = true })
	}()
	return h
}

// record calls write under the lock and wakes the driver, which reads what write changes. Once the host is closed it
// does nothing and returns false. Goroutines other than the driver's call it.
func (h *Host) record(write func()) bool {
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

// ApplyConfig implements blackbox.Host. It returns when the manager's ApplyConfig has returned or waits for a drain.
func (h *Host) ApplyConfig(cfg *config.Config) error {
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

func (h *Host) OfferTargets(tsets map[string][]*targetgroup.Group) (bool, error) {
	patience := time.After(blackbox.DefaultPatience)
	if h.release.Targets == core.TargetsBetweenBatches && h.manager.Activity().Requests > 0 {
		patience = time.After(0) // do not wait: Run receives updates only between batches
	}
	select {
	case h.tsets <- tsets:
		h.offered++
		return true, nil
	case <-patience:
		return false, nil
	}
}

func (h *Host) Send(alerts []blackbox.Alert) error {
	h.manager.SendAt(h.start, alerts)
	return nil
}

func (h *Host) Stop() error {
	h.manager.Stop()
	return nil
}

func (h *Host) Begin(int64) error {
	if err := h.open(); err != nil {
		return err
	}
	h.mu.Lock()
	h.begun = true
	h.mu.Unlock()
	h.start = time.Now()
	return nil
}

func (h *Host) Advance(until int64) (int64, error) {
	select {
	case <-h.options.Stop: // has priority over all other events
		return 0, ErrInterrupted
	default:
	}
	const poll = 50 * time.Millisecond // how often Busy is polled
	wait := time.Duration(until - int64(time.Since(h.start)))
	if h.Busy() {
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
		return 0, fmt.Errorf("%w: the run has not ended after %v of real time; write a duration, or allow more with "+
			"--max-duration",
			ErrUnable, h.options.MaxDuration)
	}
	return int64(now), nil
}

// Settle waits until all goroutines of the manager wait for the driver or for the network.
func (h *Host) Settle() (blackbox.Events, error) {
	began := time.Now()
	for pause := 10 * time.Microsecond; ; pause = min(2*pause, time.Millisecond) {
		a := h.manager.Activity()
		h.mu.Lock()
		if a.Requests == len(h.requests) && a.Updates == h.offered && !a.Woken {
			did := h.did
			h.did = blackbox.Events{Events: protocol.Events{Exited: did.Exited}}
			h.mu.Unlock()
			return did, nil
		}
		h.mu.Unlock()
		if time.Since(began) > blackbox.DefaultPatience {
			return blackbox.Events{}, fmt.Errorf("the manager does not become idle: it has %+v, but the driver knows %d "+
				"requests and %d updates", a, len(h.requests), h.offered)
		}
		time.Sleep(pause)
	}
}

func (h *Host) Samples() ([]engine.Sample, error) { return h.manager.Samples() }

func (h *Host) Alertmanagers() ([]string, error) {
	return blackbox.URLTexts(h.manager.Alertmanagers()), nil
}

// ExpectDeadlock implements blackbox.Host.
func (h *Host) ExpectDeadlock() error {
	return fmt.Errorf("%w: the notifier of %s deadlocks in it and would never end; use the engine model", ErrUnable,
		h.release.Name)
}

// Close implements blackbox.Host. It returns when all goroutines that the host started have ended.
func (h *Host) Close() error {
	h.mu.Lock()
	h.closed = true
	for number, v := range h.requests {
		delete(h.requests, number)
		h.let(v, protocol.Over)
	}
	h.mu.Unlock()
	h.manager.Stop()
	defer h.alertmanagers.close()
	select {
	case <-h.exited:
	case <-time.After(blackbox.DefaultPatience):
		return errors.New("the manager does not stop")
	}
	for began := time.Now(); h.manager.Activity().Requests > 0 && time.Since(began) < blackbox.DefaultPatience; {
		time.Sleep(time.Millisecond)
	}
	return nil
}
