package live

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/prometheus/prometheus/config"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/fakeam/server"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox"
)

// An alertmanagers serves the Alertmanagers of a run on the wall clock: the real ones that the options name, and fake
// ones on loopback for all other addresses.
type alertmanagers struct {
	host    *Host
	serving sync.WaitGroup
	ctx     context.Context // ends the servers
	end     context.CancelFunc
	broken  chan error // the error of a server that failed

	behaviours map[string]fakeam.Behaviour // how the fake Alertmanagers behave from their start on

	lock  sync.Mutex // guards
	fakes map[string]*fakeAlertmanager
}

// A fakeAlertmanager is a fake Alertmanager and its HTTP server.
type fakeAlertmanager struct {
	server *server.Server
	at     string // the server's host:port
}

func newAlertmanagers(h *Host) *alertmanagers {
	f := &alertmanagers{
		host: h, broken: make(chan error, 1), behaviours: map[string]fakeam.Behaviour{},
		fakes: map[string]*fakeAlertmanager{},
	}
	f.ctx, f.end = context.WithCancel(context.Background())
	return f
}

// IsReal reports whether the Alertmanager at an address is a real one.
func (f *alertmanagers) IsReal(address string) bool {
	return f.host.options.Alertmanagers[address] != ""
}

// Behave sets how the Alertmanager at an address behaves from its start on.
func (f *alertmanagers) Behave(address string, b fakeam.Behaviour) {
	if !f.IsReal(address) {
		f.behaviours[address] = b
	}
}

// open starts the fake Alertmanagers that the scenario names. Others are started when the manager first connects to
// them.
func (f *alertmanagers) open() error {
	for _, address := range slices.Sorted(maps.Keys(f.behaviours)) {
		if _, err := f.fake(address, f.behaviours[address]); err != nil {
			return err
		}
	}
	return nil
}

// fake returns the fake Alertmanager at an address. If there is none, it starts one with the behaviour b.
func (f *alertmanagers) fake(address string, b fakeam.Behaviour) (*fakeAlertmanager, error) {
	f.lock.Lock()
	defer f.lock.Unlock()
	if a := f.fakes[hostPort(address)]; a != nil {
		return a, nil
	}
	am, err := server.New(server.Options{
		Behaviour: b, Seed: f.host.options.Seed, Address: address, AcceptV1: true,
		Observe: func(a server.Arrival) { f.observe(address, a) },
	})
	if err != nil {
		return nil, err
	}
	host, err := server.Listen(am, "127.0.0.1:0", server.HostOptions{})
	if err != nil {
		return nil, err
	}
	f.serving.Go(func() {
		if err := host.Run(f.ctx); err != nil {
			select {
			case f.broken <- fmt.Errorf("the fake Alertmanager %s: %w", address, err):
			default:
			}
		}
	})
	a := &fakeAlertmanager{am, host.Addr().String()}
	f.fakes[hostPort(address)] = a
	return a, nil
}

// observe reports what a fake Alertmanager stored to the driver.
func (f *alertmanagers) observe(address string, a server.Arrival) {
	t := blackbox.Taking{Address: address}
	for _, r := range a.Results {
		if r.Err == nil {
			t.N++
		}
	}
	if t.N == 0 {
		return
	}
	key := batchKey(address, a.Alerts[0].GeneratorURL)
	f.host.record(func() {
		request, known := f.host.carries[key]
		if !known {
			request = -1
		}
		t.Request = request
		f.host.did.Taken = append(f.host.did.Taken, t)
	})
}

// batchKey identifies a request by its Alertmanager and the origin of its first alert. That is unique, because a batch
// goes to an Alertmanager only once, and no copy is in two batches.
func batchKey(address, origin string) string { return hostPort(address) + " " + origin }

// BeginFault begins a fault of the fake Alertmanager at an address. key identifies the fault.
func (f *alertmanagers) BeginFault(address string, fault fakeam.Fault, key string) error {
	a, err := f.fake(address, fakeam.Behaviour{})
	if err != nil {
		return err
	}
	return a.server.StartFault(fault, key)
}

// EndFault ends the fault with this key.
func (f *alertmanagers) EndFault(address, key string) error {
	a, err := f.fake(address, fakeam.Behaviour{})
	if err == nil {
		a.server.EndFault(key)
	}
	return err
}

// Busy reports whether a fake Alertmanager is still handling a request.
func (f *alertmanagers) Busy() bool {
	f.lock.Lock()
	defer f.lock.Unlock()
	for _, a := range f.fakes {
		if a.server.PostsInFlight() > 0 {
			return true
		}
	}
	return false
}

// reachable returns an error if fake Alertmanagers cannot serve an entry of the configuration.
func (f *alertmanagers) reachable(cfg *config.Config) error {
	for i, amc := range cfg.AlertingConfig.AlertmanagerConfigs {
		if amc.Scheme != "http" && len(f.host.options.Alertmanagers) == 0 {
			return fmt.Errorf("%w: alertmanagers entry %d has the scheme %s, and fake Alertmanagers serve plain HTTP; write "+
				"scheme: http, or name real ones with --alertmanager",
				ErrUnable, i, amc.Scheme)
		}
	}
	return nil
}

// dial connects to the server of the Alertmanager that has this address in the scenario.
func (f *alertmanagers) dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	for known, at := range f.host.options.Alertmanagers {
		if hostPort(known) == address {
			return d.DialContext(ctx, network, at)
		}
	}
	a, err := f.fake(address, fakeam.Behaviour{})
	if err != nil {
		return nil, err
	}
	return d.DialContext(ctx, network, a.at)
}

// address returns a copy of a manager's request for sending. For fake Alertmanagers, whose API is at the root, it
// removes the path prefix.
func (f *alertmanagers) address(req *http.Request, body []byte) *http.Request {
	out := req.Clone(req.Context())
	out.Body = io.NopCloser(bytes.NewReader(body))
	out.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	out.ContentLength = int64(len(body))
	if i := strings.Index(out.URL.Path, "/api/v"); i > 0 && !f.IsReal(req.URL.Host) {
		out.URL.Path, out.URL.RawPath = out.URL.Path[i:], ""
	}
	return out
}

// close ends the servers.
func (f *alertmanagers) close() {
	f.end()
	f.serving.Wait()
}

// hostPort returns an address with a port; the port is 80 if the address has none.
func hostPort(address string) string {
	if strings.Contains(address[strings.LastIndexByte(address, ']')+1:], ":") {
		return address
	}
	return address + ":80"
}
