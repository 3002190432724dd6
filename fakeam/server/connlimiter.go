package server

import (
	"container/list"
	"context"
	"net"
	"net/http"
	"sync"
)

// A connLimiter limits the number of open connections of an http.Server. It closes connections that wait for their
// client, so a client that opens many connections and sends nothing, or only a part of a request, does not keep other
// clients away.
type connLimiter struct {
	limit int

	mu      sync.Mutex
	open    map[net.Conn]*list.Element // element of waiting; nil while a request is handled
	waiting list.List                  // connections that wait for their client, the longest-waiting first
}

func newConnLimiter(limit int) *connLimiter {
	return &connLimiter{limit: limit, open: map[net.Conn]*list.Element{}}
}

// connState is a callback for http.Server.ConnState.
func (c *connLimiter) connState(conn net.Conn, state http.ConnState) {
	if excess := c.update(conn, state); excess != nil {
		excess.Close()
	}
}

// update records the new state of a connection. It returns a connection that must be closed, or nil.
func (c *connLimiter) update(conn net.Conn, state http.ConnState) net.Conn {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.open[conn]; e != nil {
		c.waiting.Remove(e)
	}
	switch state {
	case http.StateNew, http.StateIdle:
		c.open[conn] = c.waiting.PushBack(conn)
	case http.StateActive:
		c.open[conn] = nil
	default:
		delete(c.open, conn)
	}
	if state != http.StateNew || len(c.open) <= c.limit {
		return nil
	}
	excess := c.waiting.Remove(c.waiting.Front()).(net.Conn) // conn itself if no other connection waits
	delete(c.open, excess)
	return excess
}

// setWaiting records whether a connection waits for its client to send something.
func (c *connLimiter) setWaiting(conn net.Conn, waits bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, open := c.open[conn]
	switch {
	case !open:
	case waits:
		c.open[conn] = c.waiting.PushBack(conn)
	case e != nil:
		c.waiting.Remove(e)
		c.open[conn] = nil
	}
}

// A limitedConn is a connection and its limiter, stored in the context of its requests.
type limitedConn struct {
	limiter *connLimiter
	conn    net.Conn
}

type limitedConnKey struct{}

// connContext is a callback for http.Server.ConnContext.
func (c *connLimiter) connContext(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, limitedConnKey{}, limitedConn{c, conn})
}

// awaitBody records that the connection of a request waits for the request body, until received is called.
func awaitBody(ctx context.Context) (received func()) {
	c, ok := ctx.Value(limitedConnKey{}).(limitedConn)
	if !ok {
		return func() {} // the Server is used without a Host
	}
	c.limiter.setWaiting(c.conn, true)
	return func() { c.limiter.setWaiting(c.conn, false) }
}
