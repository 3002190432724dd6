package server

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"time"

	"github.com/felixge/httpsnoop"

	"github.com/notifysim/notifysim/fakeam"
)

// handlePost handles a request to post alerts as the fakeam.Alertmanager decides. body is the content of r.Body.
func (s *Server) handlePost(w http.ResponseWriter, r *http.Request, body []byte) {
	seen := &observation{Arrival: Arrival{At: s.clock.Now(), Remote: r.RemoteAddr, Size: len(body)}}
	alerts := elements(body)
	s.mu.Lock()
	now := s.now()
	d := s.am.Decide(now, len(alerts))
	s.mu.Unlock()
	seen.Outcome, seen.Status = d.Outcome.String(), d.Status
	defer s.observe(seen)
	if s.opt.Observe != nil {
		r = withObservation(r, seen)
	}
	switch {
	case d.Outcome == fakeam.Refused:
		resetConnection(w)
	case d.Outcome == fakeam.Hangs || d.At == fakeam.Never:
		seen.Outcome, seen.Status = fakeam.Hangs.String(), 0
		s.observe(seen)
		s.hang(r)
	case d.At > now && !s.sleep(time.Duration(d.At-now)):
		seen.Outcome, seen.Status = "closed", 0
		panic(http.ErrAbortHandler)
	case d.IsServed():
		if seen.Status = httpsnoop.CaptureMetrics(s.api, w, r).Code; seen.Status != http.StatusOK {
			seen.Outcome = fakeam.BadStatus.String()
		}
	default:
		s.respondWithFault(w, r, d, seen, alerts)
	}
}

// elements returns the elements of the JSON array in body, or none if it is not an array.
func elements(body []byte) (list []json.RawMessage) {
	if json.NewDecoder(bytes.NewReader(body)).Decode(&list) != nil {
		return nil
	}
	return list
}

// respondWithFault answers a request that met a fault. It is called at the time of the decision.
func (s *Server) respondWithFault(
	w http.ResponseWriter, r *http.Request, d fakeam.Decision, seen *observation, alerts []json.RawMessage,
) {
	var response *httptest.ResponseRecorder // of the same request without the fault
	if d.Accepts {
		if d.AcceptFirst > 0 {
			body, _ := json.Marshal(alerts[:d.AcceptFirst])
			r.Body = io.NopCloser(bytes.NewReader(body))
		}
		response = httptest.NewRecorder()
		s.api.ServeHTTP(response, r)
	}
	switch {
	case d.Outcome == fakeam.TLSFails:
		failHandshake(w)
	case d.Outcome == fakeam.Reset:
		if d.Accepts {
			seen.Outcome = "lose_response"
		}
		resetConnection(w)
	case d.Outcome == fakeam.BadStatus && d.Accepts:
		seen.Outcome = "partial"
		writeJSON(w, d.Status, fmt.Sprintf("fakeam: partial: only the first %d alerts are stored", d.AcceptFirst))
	case d.Outcome == fakeam.BadStatus:
		if d.Status == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", "1")
		}
		http.Error(w, fmt.Sprintf("fakeam: status %d", d.Status), d.Status)
	case d.Body == fakeam.WrongBody:
		seen.Outcome = "wrong_content"
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<!DOCTYPE html><title>Welcome</title><p>Please log in.</p>\n")
	case d.Body == fakeam.TruncatedBody:
		seen.Outcome, seen.Status = "truncated", response.Code
		_, _ = w.Write(writeHeader(w, response, 1000))
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case d.Body == fakeam.SlowBody:
		seen.Outcome, seen.Status = "slow_body", response.Code
		s.writeSlowly(w, writeHeader(w, response, 0), time.Duration(d.BodyDuration))
	}
}

// writeHeader writes the header of a recorded response, and returns its body, or some spaces if the body is empty. The
// Content-Length that it writes exceeds the length of the body by extra bytes.
func writeHeader(w http.ResponseWriter, recorded *httptest.ResponseRecorder, extra int) []byte {
	body := recorded.Body.Bytes()
	if len(body) == 0 {
		body = bytes.Repeat([]byte(" "), 10)
	}
	maps.Copy(w.Header(), recorded.Header())
	w.Header().Set("Content-Length", strconv.Itoa(len(body)+extra))
	w.WriteHeader(recorded.Code)
	_ = http.NewResponseController(w).Flush()
	return body
}

// writeSlowly writes body evenly over the duration d, in at most 100 chunks.
func (s *Server) writeSlowly(w http.ResponseWriter, body []byte, d time.Duration) {
	chunks := min(len(body), 100)
	control := http.NewResponseController(w)
	for i := range chunks {
		if !s.sleep(d / time.Duration(chunks)) {
			panic(http.ErrAbortHandler)
		}
		if _, err := w.Write(body[len(body)*i/chunks : len(body)*(i+1)/chunks]); err != nil {
			return
		}
		_ = control.Flush()
	}
}

// hang waits until the client disconnects or the Server is closed, and then aborts the request.
func (s *Server) hang(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-s.closed:
	}
	panic(http.ErrAbortHandler)
}

// sleep waits for the duration d and returns true, or returns false as soon as the Server is closed.
func (s *Server) sleep(d time.Duration) bool {
	t := s.clock.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.Chan():
		return true
	case <-s.closed:
		return false
	}
}

// resetConnection closes the connection with a TCP reset. A connection other than TCP is closed normally.
func resetConnection(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer conn.Close()
	if secured, ok := conn.(*tls.Conn); ok {
		conn = secured.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // makes Close send a reset
	}
}

// failHandshake answers as a TLS server answers a client that speaks HTTP: with a TLS record that contains the fatal
// alert handshake_failure (RFC 8446, sections 5.1 and 6).
func failHandshake(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer conn.Close()
	_, _ = conn.Write([]byte{21, 3, 3, 0, 2, 2, 40})
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
