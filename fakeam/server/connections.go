package server

import (
	"container/list"
	"context"
	"net"
	"net/http"
	"sync"
)

// connections keeps the number of connections of an http.Server within a limit. A client that opens many and asks
// nothing, or begins to ask and does not go on, thus keeps no other away.
type connections struct {
	limit int

	mu   sync.Mutex
	open map[net.Conn]*list.Element // nil while a request is answered
	idle list.List                  // of net.Conn that wait for their client, the longest first
}

func newConnections(limit int) *connections {
	return &connections{limit: limit, open: map[net.Conn]*list.Element{}}
}

// state is an http.Server's ConnState.
func (c *connections) state(conn net.Conn, state http.ConnState) {
	if victim := c.note(conn, state); victim != nil {
		victim.Close()
	}
}

// A connection is one of connections.
type connection struct {
	of   *connections
	conn net.Conn
}

type connectionKey struct{}

// context is an http.Server's ConnContext.
func (c *connections) context(ctx context.Context, conn net.Conn) context.Context {
	return context.WithValue(ctx, connectionKey{}, &connection{c, conn})
}

// awaits notes that the connection of a request waits for its body, until the function that it returns is called.
func awaits(ctx context.Context) func() {
	c, _ := ctx.Value(connectionKey{}).(*connection)
	if c == nil {
		return func() {} // not of a Host
	}
	c.of.wait(c.conn, true)
	return func() { c.of.wait(c.conn, false) }
}

func (c *connections) wait(conn net.Conn, waits bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, known := c.open[conn]
	switch {
	case !known: // it is closed
	case waits:
		c.open[conn] = c.idle.PushBack(conn)
	case e != nil:
		c.idle.Remove(e)
		c.open[conn] = nil
	}
}

// note returns a connection to close, or nil.
func (c *connections) note(conn net.Conn, state http.ConnState) net.Conn {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.open[conn]; e != nil {
		c.idle.Remove(e)
	}
	switch state {
	case http.StateNew, http.StateIdle:
		c.open[conn] = c.idle.PushBack(conn)
	case http.StateActive:
		c.open[conn] = nil
	default:
		delete(c.open, conn)
	}
	if state != http.StateNew || len(c.open) <= c.limit {
		return nil
	}
	victim := c.idle.Remove(c.idle.Front()).(net.Conn) // the new one itself, if no other is idle
	delete(c.open, victim)
	return victim
}
