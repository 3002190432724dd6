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
	// MaxConnections is the most connections at once; one more takes the place of the one that has been idle the longest,
	// or has been sending a body the longest; it is closed if there is none. 0 is DefaultMaxConnections. It is three quarters of the
	// files that the process may have open, if that is less: without a free one, nobody could connect at all.
	MaxConnections int
	// HeaderTimeout is how long a client may take to send the header of a request, IdleTimeout how long a connection
	// may wait for the next one. 0 is DefaultHeaderTimeout and DefaultIdleTimeout.
	HeaderTimeout, IdleTimeout time.Duration
	// Grace is how long requests that are answered may take to end when the Host stops; 0 is DefaultGrace.
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

// A Host serves a Server at a TCP address. While the Server's fault is to refuse, nobody listens there.
type Host struct {
	server  *Server
	opt     HostOptions
	address net.Addr
	first   net.Listener // until Run takes it
	leaving sync.WaitGroup
}

// Listen opens the address, host:port; port 0 chooses a free one.
func Listen(server *Server, address string, opt HostOptions) (*Host, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	if opt.MaxConnections <= 0 {
		opt.MaxConnections = DefaultMaxConnections
	}
	opt.MaxConnections = max(1, min(opt.MaxConnections, maxOpenFiles()/4*3))
	for _, d := range []struct {
		to *time.Duration
		is time.Duration
	}{{&opt.HeaderTimeout, DefaultHeaderTimeout}, {&opt.IdleTimeout, DefaultIdleTimeout}, {&opt.Grace, DefaultGrace}} {
		if *d.to <= 0 {
			*d.to = d.is
		}
	}
	return &Host{server: server, opt: opt, address: l.Addr(), first: l}, nil
}

// Addr returns the address.
func (h *Host) Addr() net.Addr { return h.address }

// Run serves until the context ends, and returns when everything that it started has. The Server is closed then.
// The error is that of a listener that failed, or that could not be opened again after a time of refusal.
func (h *Host) Run(ctx context.Context) error {
	defer h.leaving.Wait()
	defer h.server.Close()
	l := h.first
	for ctx.Err() == nil {
		refuses, changes, until := h.server.refuses()
		if refuses {
			if l != nil {
				l.Close()
				l = nil
			}
			timer, stop := h.server.timer(until)
			select {
			case <-ctx.Done():
			case <-changes:
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

// serve serves until the context ends or the Server refuses.
func (h *Host) serve(ctx context.Context, l net.Listener) error {
	conns := newConnections(h.opt.MaxConnections)
	srv := &http.Server{
		Handler:           h.server,
		ReadHeaderTimeout: h.opt.HeaderTimeout,
		IdleTimeout:       h.opt.IdleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ConnState:         conns.state,
		ConnContext:       conns.context,
		ErrorLog:          stdlog.New(io.Discard, "", 0),
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	for {
		refuses, changes, until := h.server.refuses()
		switch {
		case ctx.Err() != nil:
			h.server.Close() // what hangs ends
			grace, cancel := context.WithTimeout(context.Background(), h.opt.Grace)
			_ = srv.Shutdown(grace)
			cancel()
			srv.Close()
			<-served
			return nil
		case refuses: // new connections; requests that have arrived keep their decisions
			h.leaving.Go(func() {
				_ = srv.Shutdown(ctx)
				srv.Close()
			})
			<-served
			return nil
		}
		timer, stop := h.server.timer(until)
		select {
		case <-ctx.Done():
		case <-changes:
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

// timer returns a channel that gets a value at this time of the run, and what frees it.
func (s *Server) timer(at int64) (<-chan time.Time, func()) {
	if at == fakeam.Never {
		return nil, func() {}
	}
	t := s.clock.NewTimer(time.Duration(at - s.now()))
	return t.Chan(), func() { t.Stop() }
}

// refuses reports whether nobody listens now, and until when that holds if the behaviour does not change, which closes
// the channel.
func (s *Server) refuses() (refuses bool, changes <-chan struct{}, until int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	refuses, until = s.am.PortClosed(s.now())
	return refuses, s.changed, until
}
