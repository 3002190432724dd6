package server

import (
	"context"
	"errors"
	"io"
	stdlog "log"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/notifysim/notifysim/fakeam"
)

// HostOptions are the limits of a Host. The zero value means the defaults.
type HostOptions struct {
	// MaxConnections limits the number of open connections; 0 means DefaultMaxConnections. The limit is at most three
	// quarters of the files that the process may have open, because without a free file descriptor no client can
	// connect. If a new connection exceeds the limit, the connection that has waited longest for its client is closed;
	// if none waits, the new connection is.
	MaxConnections int
	// HeaderTimeout is how long a client may take to send the header of a request, IdleTimeout how long a connection
	// may be idle between requests. 0 means DefaultHeaderTimeout and DefaultIdleTimeout.
	HeaderTimeout, IdleTimeout time.Duration
	// Grace is how long the requests in progress may take when the Host stops; 0 means DefaultGrace.
	Grace time.Duration
}

// The defaults of HostOptions.
const (
	DefaultMaxConnections = 1024
	DefaultHeaderTimeout  = 10 * time.Second
	DefaultIdleTimeout    = 2 * time.Minute
	DefaultGrace          = time.Second

	maxHeaderBytes = 64 << 10
)

// A Host serves a Server at a TCP address. It closes the port while a fault refuses every connection.
type Host struct {
	server   *Server
	opt      HostOptions
	address  net.Addr
	listener net.Listener   // opened by Listen, used by Run
	draining sync.WaitGroup // shutdowns of http.Servers whose port was closed by a fault
}

// Listen opens the TCP address (host:port). Port 0 selects a free port. Call Run next; it closes the port in the end.
func Listen(server *Server, address string, opt HostOptions) (*Host, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	if opt.MaxConnections <= 0 {
		opt.MaxConnections = DefaultMaxConnections
	}
	opt.MaxConnections = max(1, min(opt.MaxConnections, maxOpenFiles()/4*3))
	setDefault(&opt.HeaderTimeout, DefaultHeaderTimeout)
	setDefault(&opt.IdleTimeout, DefaultIdleTimeout)
	setDefault(&opt.Grace, DefaultGrace)
	return &Host{server: server, opt: opt, address: l.Addr(), listener: l}, nil
}

func setDefault(d *time.Duration, value time.Duration) {
	if *d <= 0 {
		*d = value
	}
}

// Addr returns the address that the Host serves.
func (h *Host) Addr() net.Addr { return h.address }

// Run serves until the context ends. It then closes the Server, waits until everything that it started has ended, and
// returns. It returns an error if a listener fails, or if a port that a fault has closed cannot be opened again.
func (h *Host) Run(ctx context.Context) error {
	defer h.draining.Wait()
	defer h.server.Close()
	l := h.listener
	for ctx.Err() == nil {
		closed, changed, until := h.server.portClosed()
		if closed {
			if l != nil {
				l.Close()
				l = nil
			}
			timer, stop := h.server.timer(until)
			select {
			case <-ctx.Done():
			case <-changed:
			case <-timer:
			}
			stop()
			continue
		}
		if l == nil {
			var err error
			if l, err = net.Listen("tcp", h.address.String()); err != nil {
				return err
			}
		}
		if err := h.serve(ctx, l); err != nil {
			return err
		}
		l = nil
	}
	if l != nil {
		l.Close()
	}
	return nil
}

// serve serves connections until the context ends or a fault closes the port.
func (h *Host) serve(ctx context.Context, l net.Listener) error {
	conns := newConnLimiter(h.opt.MaxConnections)
	srv := &http.Server{
		Handler:           h.server,
		ReadHeaderTimeout: h.opt.HeaderTimeout,
		IdleTimeout:       h.opt.IdleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ConnState:         conns.connState,
		ConnContext:       conns.connContext,
		ErrorLog:          stdlog.New(io.Discard, "", 0),
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	for {
		closed, changed, until := h.server.portClosed()
		switch {
		case ctx.Err() != nil:
			h.server.Close() // aborts the requests that hang
			grace, cancel := context.WithTimeout(context.Background(), h.opt.Grace)
			_ = srv.Shutdown(grace)
			cancel()
			srv.Close()
			<-served
			return nil
		case closed: // only new connections are refused: requests that have arrived are answered as decided
			h.draining.Go(func() {
				_ = srv.Shutdown(ctx)
				srv.Close()
			})
			<-served
			return nil
		}
		timer, stop := h.server.timer(until)
		select {
		case <-ctx.Done():
		case <-changed:
		case <-timer:
		case err := <-served:
			stop()
			srv.Close()
			if errors.Is(err, http.ErrServerClosed) {
				return nil
			}
			return err
		}
		stop()
	}
}

// timer returns a channel that receives at the time at of the Server's clock, and a function that stops the timer.
func (s *Server) timer(at int64) (<-chan time.Time, func()) {
	if at == fakeam.Never {
		return nil, func() {}
	}
	t := s.clock.NewTimer(time.Duration(at - s.now()))
	return t.Chan(), func() { t.Stop() }
}

// portClosed returns the result of fakeam.Alertmanager.PortClosed, and a channel that is closed when the behaviour or a
// fault changes.
func (s *Server) portClosed() (closed bool, changed <-chan struct{}, until int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	closed, until = s.am.PortClosed(s.now())
	return closed, s.changed, until
}
