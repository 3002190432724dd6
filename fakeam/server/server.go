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

// Options configure a Server. The zero value is an Alertmanager with its default flags and without faults.
type Options struct {
	Store fakeam.StoreOptions
	// Clock is the clock of the store, the faults and the delays; nil means the real clock.
	Clock clockwork.Clock
	// Behaviour, Seed and Address (host:port) are the arguments of fakeam.New.
	Behaviour fakeam.Behaviour
	Seed      uint64
	Address   string
	// MaxBody limits the length of a request body in bytes, BodyTimeout how long a client may take to send it. 0 means
	// DefaultMaxBody and DefaultBodyTimeout; a negative value means no limit.
	MaxBody     int64
	BodyTimeout time.Duration
	// Timeout is Alertmanager's --web.timeout: a request that takes longer is answered 503. 0 means no limit.
	Timeout time.Duration
	// Concurrency is Alertmanager's --web.get-concurrency: GET requests in excess of it are answered 503. 0 means the
	// larger of GOMAXPROCS and 8.
	Concurrency int
	// AcceptV1 accepts POST /api/v1/alerts, as Alertmanager did before 0.27. Otherwise such a request is answered 410.
	AcceptV1 bool
	// Version is the version that the status endpoint reports, such as "0.35.0".
	Version string
	// Receiver is the name of the only receiver; "" means "default".
	Receiver string
	// Observe, unless nil, is called for every request to post alerts, in the order of the responses and never
	// concurrently. It must not call the Server and must not retain the alerts.
	Observe func(Arrival)
}

// A Server is a fake Alertmanager. It is safe for concurrent use and starts no goroutine. A request that hangs ends
// when its client disconnects or Close is called.
type Server struct {
	opt     Options
	clock   clockwork.Clock
	api     http.Handler // handles requests without faults
	metrics *metrics
	started time.Time

	mu      sync.Mutex // guards the fields below
	store   *fakeam.Store
	am      *fakeam.Alertmanager
	changed chan struct{} // closed and replaced when the behaviour or a fault changes

	observing     sync.Mutex // held while Observe is called
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

// Close aborts the requests that are delayed or hang. Later requests are not delayed.
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

// postsAlerts reports whether r posts alerts. Only such requests can meet a fault.
func (s *Server) postsAlerts(r *http.Request) bool {
	return r.Method == http.MethodPost &&
		(r.URL.Path == "/api/v2/alerts" || s.opt.AcceptV1 && r.URL.Path == "/api/v1/alerts")
}

// PostsInFlight returns the number of requests to post alerts that are in progress. A request whose client has
// disconnected counts as long as its alerts may still be stored.
func (s *Server) PostsInFlight() int { return int(s.postsInFlight.Load()) }

// Behaviour returns the current behaviour, without the faults started by StartFault.
func (s *Server) Behaviour() fakeam.Behaviour {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opt.Behaviour
}

// SetBehaviour replaces the behaviour from now on and ends all faults started by StartFault. Requests that have arrived
// are answered as decided. It returns an error if b is invalid.
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

// StartFault makes a fault active in addition to the behaviour, as fakeam.Alertmanager.StartFault does, until EndFault
// or SetBehaviour ends it. Requests that have arrived are answered as decided. The zero Fault has no effect. An invalid
// fault is an error.
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

// EndFault ends the active fault with this key, if there is one.
func (s *Server) EndFault(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.am.EndFault(key)
	s.notifyChanged()
}

// notifyChanged wakes up the goroutines that wait for s.changed. The caller holds s.mu.
func (s *Server) notifyChanged() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// Restart empties the store, like a restart of the process.
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

// CountActive returns the number of alerts that Active returns.
func (s *Server) CountActive() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store.CountActive(s.clock.Now())
}

// Counts returns the numbers of alerts received as firing, received as resolved, rejected as invalid, and dropped by
// the limit per alertname.
func (s *Server) Counts() (firing, resolved, invalid, limited int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store.Firing, s.store.Resolved, s.store.Invalid, s.store.Limited
}

// now returns the time since the start in nanoseconds. It does not need s.mu.
func (s *Server) now() int64 { return int64(s.clock.Since(s.started)) }
