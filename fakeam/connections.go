package fakeam

import (
	"container/list"
	"net"
	"net/http"
	"sync"
)

// connections keeps the number of connections of an http.Server within a limit. A client that opens many and asks
// nothing thus keeps no other away.
type connections struct {
	limit int

	mu   sync.Mutex
	open map[net.Conn]*list.Element // nil while a request is read or answered
	idle list.List                  // of net.Conn, the longest idle first
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
