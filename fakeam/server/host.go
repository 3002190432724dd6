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

// HostOptions are the limits of a Host. The zero value has the defaults.
type HostOptions struct {
	// MaxConnections is the most open connections; 0 stands for DefaultMaxConnections. It is at most three quarters of the
	// files that the process may have open: without a free file, nobody can connect. A new connection above the limit
	// replaces the one that has waited longest for its client to send a request; if none waits, it is closed itself.
	MaxConnections int
	// HeaderTimeout is how long a client may take to send the header of a request, IdleTimeout how long a connection
	// may stay idle between requests. 0 stands for DefaultHeaderTimeout and DefaultIdleTimeout.
	HeaderTimeout, IdleTimeout time.Duration
	// Grace is how long the requests in progress may take when the Host stops; 0 stands for DefaultGrace.
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
	listener net.Listener   // the one that Listen opened, for Run
	draining sync.WaitGroup // shutdowns of http.Servers whose port is closed
}

// Listen opens the address, host:port; port 0 selects a free port. Call Run next, which closes it.
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

// Run serves until the context ends, closes the Server, and returns when all that it started has ended.
// It returns an error if a listener fails, or if the port cannot be opened again after it was closed by a fault.
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

// serve serves until the context ends or a fault closes the port.
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
			h.server.Close() // ends the requests that hang
			grace, cancel := context.WithTimeout(context.Background(), h.opt.Grace)
			_ = srv.Shutdown(grace)
			cancel()
			srv.Close()
			<-served
			return nil
		case closed: // for new connections only: requests that have arrived keep their decisions
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

// timer returns a channel that receives at this time of the Server, and a function that stops the timer.
func (s *Server) timer(at int64) (<-chan time.Time, func()) {
	if at == fakeam.Never {
		return nil, func() {}
	}
	t := s.clock.NewTimer(time.Duration(at - s.now()))
	return t.Chan(), func() { t.Stop() }
}

// portClosed is fakeam.Alertmanager.PortClosed, with a channel that is closed when the behaviour or a fault changes.
func (s *Server) portClosed() (closed bool, changed <-chan struct{}, until int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	closed, until = s.am.PortClosed(s.now())
	return closed, s.changed, until
}
