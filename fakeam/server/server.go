package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/alertmanager/alert"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/common/route"

	"github.com/notifysim/notifysim/fakeam"
)

// DefaultMaxBody is the longest request body that a Server reads unless told otherwise. A real Alertmanager reads any.
const DefaultMaxBody = 64 << 20

// DefaultBodyTimeout is how long a client may take to send a request body.
const DefaultBodyTimeout = 30 * time.Second

// Options configure a Server. The zero value is a well-behaved Alertmanager with its own defaults.
type Options struct {
	Store fakeam.StoreOptions
	// Clock is the time; nil is the wall clock.
	Clock clockwork.Clock
	// Behaviour is how it misbehaves, Seed and Address (host:port) its randomness, as for New.
	Behaviour fakeam.Behaviour
	Seed      uint64
	Address   string
	// MaxBody is the longest body in bytes, and BodyTimeout the longest time that a client takes to send one.
	// 0 is DefaultMaxBody and DefaultBodyTimeout, below 0 no limit.
	MaxBody     int64
	BodyTimeout time.Duration
	// Timeout is --web.timeout: longer requests are answered 503; 0 is no limit.
	Timeout time.Duration
	// Concurrency is --web.get-concurrency: more GETs at once are answered 503; 0 is GOMAXPROCS or 8, whichever is larger.
	Concurrency int
	// AcceptV1 takes POST /api/v1/alerts as Alertmanager did before 0.27; without it, the answer is 410.
	AcceptV1 bool
	// Version is what it says that it is, such as "0.34.0".
	Version string
	// Receiver is the name of the one receiver, "default" without one.
	Receiver string
	// Observe is told of every request to post alerts, in order of its answer, if it is set.
	// It must not call the Server, and not keep the alerts for longer than the call.
	Observe func(Arrival)
}

// An Arrival is a request to post alerts and what became of it.
type Arrival struct {
	At     time.Time // when its body had arrived
	Took   time.Duration
	Remote string // address of the client
	Size   int    // bytes of the body
	// Outcome is ok or bad_status, as the status says, refused, reset, hangs, tls, the name of a fault that gives half an answer
	// (lose_response, truncated, slow_body, partial, wrong_content), or closed if the Server was before the answer.
	Outcome string
	// Status is that of the answer; 0 without one.
	Status int
	// Alerts are those that were stored or refused one by one, completed, and Results what became of each.
	// Nil if the request was not read as alerts.
	Alerts  []*alert.Alert
	Results []fakeam.PutResult
}

// A Server is a fake Alertmanager over HTTP: an http.Handler that answers as a real one of v0.34 does, until its
// Behaviour says otherwise. It is made of the real one's API types and generated HTTP layer, and of Store.
// Use it from any number of goroutines. It starts none; a request that hangs ends when its client goes or at Close.
type Server struct {
	opt     Options
	clock   clockwork.Clock
	api     http.Handler // without misbehaviour
	metrics *metrics
	started time.Time

	mu    sync.Mutex // guards the rest
	store *fakeam.Store
	am    *fakeam.Alertmanager
	// changed is closed and made anew when the behaviour changes.
	changed chan struct{}

	observing sync.Mutex   // one call of Observe at a time
	posting   atomic.Int64 // requests to post alerts that are not done with
	closed    chan struct{}
	closeOnce sync.Once
}

// New returns a Server with an empty store. The error is that of a Behaviour that is not valid.
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

// Close lets every request that waits or hangs end, without an answer. Later ones are answered without delay.
func (s *Server) Close() { s.closeOnce.Do(func() { close(s.closed) }) }

// PostsInFlight returns how many requests to post alerts it is not done with. One whose client has gone counts for as long as its alerts
// may still be taken.
func (s *Server) PostsInFlight() int { return int(s.posting.Load()) }

// Restart empties the store, as a restart does.
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

// Counts returns the store's counts: received firing, received resolved, invalid, limited.
func (s *Server) Counts() (firing, resolved, invalid, limited int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.store.Firing, s.store.Resolved, s.store.Invalid, s.store.Limited
}

// now is the time of the run. The caller holds the lock, or does not care.
func (s *Server) now() int64 { return int64(s.clock.Since(s.started)) }

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.posts(r) {
		s.api.ServeHTTP(w, r)
		return
	}
	s.posting.Add(1)
	defer s.posting.Add(-1)
	body, err := s.read(w, r)
	if err != nil {
		s.refuseBody(w, err)
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	s.misbehave(w, r, body)
}

// posts reports whether r posts alerts, which is what faults are for.
func (s *Server) posts(r *http.Request) bool {
	return r.Method == http.MethodPost &&
		(r.URL.Path == "/api/v2/alerts" || s.opt.AcceptV1 && r.URL.Path == "/api/v1/alerts")
}

// errBodyTooLong is the error of a body that is longer than MaxBody.
var errBodyTooLong = errors.New("body too long")

// read reads the body within the limits. A declared length that is too long is not read at all.
func (s *Server) read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	limit := s.opt.MaxBody
	if limit >= 0 && r.ContentLength > limit {
		return nil, errBodyTooLong
	}
	var control *http.ResponseController
	if s.opt.BodyTimeout > 0 {
		control = http.NewResponseController(w)
		if control.SetReadDeadline(time.Now().Add(s.opt.BodyTimeout)) != nil {
			control = nil // a writer that knows no deadlines
		}
	}
	var body bytes.Buffer
	if r.ContentLength > 0 {
		body.Grow(int(min(r.ContentLength, 1<<20)) + bytes.MinRead)
	}
	var from io.Reader = r.Body
	if limit >= 0 {
		from = io.LimitReader(r.Body, limit+1)
	}
	come := awaits(r.Context())
	_, err := body.ReadFrom(from)
	come()
	if err != nil {
		return nil, err
	}
	if limit >= 0 && int64(body.Len()) > limit {
		return nil, errBodyTooLong
	}
	if control != nil {
		_ = control.SetReadDeadline(time.Time{})
	}
	return body.Bytes(), nil
}

func (s *Server) refuseBody(w http.ResponseWriter, err error) {
	w.Header().Set("Connection", "close")
	if errors.Is(err, errBodyTooLong) {
		http.Error(w, fmt.Sprintf("The request body is longer than the limit of %d bytes.", s.opt.MaxBody),
			http.StatusRequestEntityTooLarge)
		return
	}
	http.Error(w, "The request body did not arrive whole and in time.", http.StatusRequestTimeout)
}

// routes puts the API beside the other endpoints, as api/api.go and httpserver of Alertmanager v0.34.0 do.
func (s *Server) routes(api http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/api/v2/", s.metrics.instrument("", s.limit(api)))
	other := route.New().WithInstrumentation(func(name string, h http.HandlerFunc) http.HandlerFunc {
		return s.metrics.instrument(name, h).ServeHTTP
	})
	other.Get("/metrics", promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}).ServeHTTP)
	for _, path := range []string{"/-/healthy", "/-/ready"} {
		other.Get(path, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "OK") })
		other.Head(path, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) })
	}
	s.routeV1(other)
	mux.Handle("/", s.limit(other))
	return mux
}

// limit limits GETs that run at once, and the time of all requests.
func (s *Server) limit(h http.Handler) http.Handler {
	running := make(chan struct{}, s.opt.Concurrency)
	limited := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			select {
			case running <- struct{}{}:
				s.metrics.inFlight.Inc()
				defer func() {
					<-running
					s.metrics.inFlight.Dec()
				}()
			default:
				s.metrics.exceeded.Inc()
				http.Error(w, fmt.Sprintf("Limit of concurrent GET requests reached (%d), try again later.\n", cap(running)),
					http.StatusServiceUnavailable)
				return
			}
		}
		h.ServeHTTP(w, r)
	})
	if s.opt.Timeout <= 0 {
		return limited
	}
	return http.TimeoutHandler(limited, s.opt.Timeout, fmt.Sprintf("Exceeded configured timeout of %v.\n", s.opt.Timeout))
}
