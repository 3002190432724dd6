package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// The defaults of Options.MaxBody and Options.BodyTimeout.
const (
	DefaultMaxBody     = 64 << 20 // in bytes; a real Alertmanager has no limit
	DefaultBodyTimeout = 30 * time.Second
)

// errBodyTooLong is the error for a body that is longer than Options.MaxBody.
var errBodyTooLong = errors.New("body too long")

// readBody reads the request body within the limits. If the declared length is above the limit, it reads nothing.
func (s *Server) readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	limit := s.opt.MaxBody
	if limit >= 0 && r.ContentLength > limit {
		return nil, errBodyTooLong
	}
	var control *http.ResponseController
	if s.opt.BodyTimeout > 0 {
		control = http.NewResponseController(w)
		if control.SetReadDeadline(time.Now().Add(s.opt.BodyTimeout)) != nil {
			control = nil // w supports no deadline
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
	received := awaitBody(r.Context())
	_, err := body.ReadFrom(from)
	received()
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

// rejectBody answers a request whose body could not be read.
func (s *Server) rejectBody(w http.ResponseWriter, err error) {
	w.Header().Set("Connection", "close")
	if errors.Is(err, errBodyTooLong) {
		http.Error(w, fmt.Sprintf("The request body is longer than the limit of %d bytes.", s.opt.MaxBody),
			http.StatusRequestEntityTooLarge)
		return
	}
	http.Error(w, "The request body is incomplete or took too long to arrive.", http.StatusRequestTimeout)
}
