package server

import (
	"bytes"
	"io"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/alertmanager/alert"

	"github.com/notifysim/notifysim/fakeam"
)

// Options configure a Server. The zero value is an Alertmanager with its own defaults that meets no fault.
type Options struct {
	Store fakeam.StoreOptions
	// Clock is nil for the wall clock.
	Clock clockwork.Clock
	// Behaviour, Seed and Address (host:port) are those of fakeam.New.
	Behaviour fakeam.Behaviour
	Seed      uint64
	Address   string
	// MaxBody is the longest request body in bytes, and BodyTimeout how long a client may take to send it.
	// 0 stands for DefaultMaxBody and DefaultBodyTimeout; a negative value is no limit.
	MaxBody     int64
	BodyTimeout time.Duration
	// Timeout is Alertmanager's --web.timeout: a request that takes longer is answered 503; 0 is no limit.
	Timeout time.Duration
	// Concurrency is Alertmanager's --web.get-concurrency: a GET above it is answered 503. 0 is the larger of GOMAXPROCS
	// and 8.
	Concurrency int
	// AcceptV1 accepts POST /api/v1/alerts, as Alertmanager did before 0.27; otherwise the response is 410.
	AcceptV1 bool
	// Version is the version that the Server reports, such as "0.34.0".
	Version string
	// Receiver is the name of its only receiver; "" stands for "default".
	Receiver string
	// Observe, if it is set, is called with every request to post alerts, in the order of the responses, one call at a
	// time. It must not call the Server and not retain the alerts.
	Observe func(Arrival)
}

// A Server is a fake Alertmanager, safe for concurrent use. It starts no goroutine; a request that hangs ends when its
// client disconnects or at Close.
type Server struct {
	opt     Options
	clock   clockwork.Clock
	api     http.Handler // without faults
	metrics *metrics
	started time.Time

	mu      sync.Mutex // guards the following
	store   *fakeam.Store
	am      *fakeam.Alertmanager
	changed chan struct{} // closed and replaced when the behaviour or a fault changes

	observing     sync.Mutex // held during Observe
	postsInFlight atomic.Int64
	closed        chan struct{}
	closeOnce     sync.Once
}

// New returns a Server with an empty store. It returns an error if the Behaviour is not valid.
func New(opt Options) (*Server, error) {
	if err := opt.Behaviour.Validate(); err != nil {
		return nil, err
	}
	if opt.Clock == nil {
		opt.Clock = clockwork.NewRealClock()
	}
	if opt.MaxBody == 0 {
		opt.MaxBody = DefaultMaxBody
	}
	if opt.BodyTimeout == 0 {
		opt.BodyTimeout = DefaultBodyTimeout
	}
	if opt.Concurrency <= 0 {
		opt.Concurrency = max(runtime.GOMAXPROCS(0), 8)
	}
	if opt.Receiver == "" {
		opt.Receiver = "default"
	}
	s := &Server{
		opt: opt, clock: opt.Clock, started: opt.Clock.Now(),
		changed: make(chan struct{}), closed: make(chan struct{}),
	}
	storeOptions := opt.Store
	if storeOptions.Start.IsZero() {
		storeOptions.Start = s.started
	}
	s.store = fakeam.NewStore(storeOptions)
	s.am = fakeam.New(opt.Address, opt.Behaviour, opt.Seed)
	s.metrics = newMetrics(s)
	api, err := newAPI(s)
	if err != nil {
		return nil, err
	}
	s.api = s.routes(api)
	return s, nil
}

// Close breaks off the requests that are delayed or hang. Later requests are not delayed.
func (s *Server) Close() { s.closeOnce.Do(func() { close(s.closed) }) }

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.postsAlerts(r) {
		s.api.ServeHTTP(w, r)
		return
	}
	s.postsInFlight.Add(1)
	defer s.postsInFlight.Add(-1)
	body, err := s.readBody(w, r)
	if err != nil {
		s.rejectBody(w, err)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	s.handlePost(w, r, body)
}

// postsAlerts reports whether r posts alerts, so that it can meet a fault.
func (s *Server) postsAlerts(r *http.Request) bool {
	return r.Method == http.MethodPost &&
		(r.URL.Path == "/api/v2/alerts" || s.opt.AcceptV1 && r.URL.Path == "/api/v1/alerts")
}

// PostsInFlight returns the number of requests to post alerts in progress. A request whose client has disconnected
// counts as long as its alerts may still be stored.
func (s *Server) PostsInFlight() int { return int(s.postsInFlight.Load()) }

// Behaviour returns the current behaviour, without the faults of StartFault.
func (s *Server) Behaviour() fakeam.Behaviour {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opt.Behaviour
}

// SetBehaviour replaces the behaviour from now on and ends all faults of StartFault. Requests that have arrived keep
// their decisions. It returns an error if b is not valid.
func (s *Server) SetBehaviour(b fakeam.Behaviour) error {
	if err := b.Validate(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt.Behaviour = b
	s.am.SetBehaviour(s.now(), b)
	s.notifyChanged()
	return nil
}

// StartFault makes a fault active beside the behaviour, as fakeam.Alertmanager.StartFault does, until EndFault or
// SetBehaviour. Requests that have arrived keep their decisions. It returns an error if f is neither valid nor the
// zero Fault.
func (s *Server) StartFault(f fakeam.Fault, key string) error {
	if err := (fakeam.Behaviour{Fault: f}).Validate(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.am.StartFault(s.now(), f, key)
	s.notifyChanged()
	return nil
}

// EndFault ends the fault that is active under the key, if there is one.
func (s *Server) EndFault(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.am.EndFault(key)
	s.notifyChanged()
}

// notifyChanged wakes those who wait on s.changed. The caller holds s.mu.
func (s *Server) notifyChanged() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// Restart empties the store, as a restart of the process does.
func (s *Server) Restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.store.Reset(s.clock.Now())
}

// Active returns the alerts that GET /api/v2/alerts lists.
func (s *Server) Active() []*alert.Alert {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store.Active(s.clock.Now())
}

// CountActive returns how many alerts Active returns.
func (s *Server) CountActive() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store.CountActive(s.clock.Now())
}

// Counts returns how many alerts were received firing, received resolved, rejected as invalid, and dropped by the
// limit per alertname.
func (s *Server) Counts() (firing, resolved, invalid, limited int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store.Firing, s.store.Resolved, s.store.Invalid, s.store.Limited
}

// now returns the time since the start in nanoseconds. It does not need s.mu.
func (s *Server) now() int64 { return int64(s.clock.Since(s.started)) }
