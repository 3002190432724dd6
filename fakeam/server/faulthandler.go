package server

import (
	"bytes"
	"context"
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

	"github.com/notifysim/notifysim/fakeam"
)

// misbehave answers a request to post alerts as the Alertmanager decides.
func (s *Server) misbehave(w http.ResponseWriter, r *http.Request, body []byte) {
	seen := &Arrival{At: s.clock.Now(), Remote: r.RemoteAddr, Size: len(body)}
	n := countElements(body)
	s.mu.Lock()
	now := s.now()
	d := s.am.Decide(now, n)
	s.mu.Unlock()
	seen.Outcome, seen.Status = d.Outcome.String(), d.Status
	defer s.observe(seen)
	if s.opt.Observe != nil {
		r = r.WithContext(context.WithValue(r.Context(), arrivalKey{}, seen))
	}
	switch {
	case d.Outcome == fakeam.Refused:
		breakConnection(w)
	case d.Outcome == fakeam.Hangs || d.At == fakeam.Never:
		seen.Outcome, seen.Status = fakeam.Hangs.String(), 0
		s.observe(seen)
		s.hang(r)
	case d.At > now && !s.sleep(time.Duration(d.At-now)):
		seen.Outcome, seen.Status = "closed", 0
		panic(http.ErrAbortHandler)
	case d.Outcome == fakeam.OK && d.Accepts && d.Body == fakeam.IntactBody:
		s.api.ServeHTTP(&statusWriter{w, &seen.Status}, r)
		if seen.Status != http.StatusOK {
			seen.Outcome = fakeam.BadStatus.String()
		}
	default:
		s.answer(w, r, d, seen, body)
	}
}

// answer answers a request that met a fault, when its time has come.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, d fakeam.Decision, seen *Arrival, body []byte) {
	var taken *httptest.ResponseRecorder
	if d.Accepts {
		if d.AcceptFirst > 0 {
			r.Body = io.NopCloser(bytes.NewReader(firstElements(body, d.AcceptFirst)))
		}
		taken = httptest.NewRecorder()
		s.api.ServeHTTP(taken, r)
	}
	switch {
	case d.Outcome == fakeam.TLSFails:
		speakTLS(w)
	case d.Outcome == fakeam.Reset:
		if d.Accepts {
			seen.Outcome = "lose_response"
		}
		breakConnection(w)
	case d.Outcome == fakeam.BadStatus && d.Accepts:
		seen.Outcome = "partial"
		writeJSON(w, d.Status, fmt.Sprintf("fakeam: only the first %d alerts are taken", d.AcceptFirst))
	case d.Outcome == fakeam.BadStatus:
		if d.Status == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", "1")
		}
		http.Error(w, fmt.Sprintf("fakeam: told to answer %d", d.Status), d.Status)
	case d.Body == fakeam.WrongBody:
		seen.Outcome = "wrong_content"
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = io.WriteString(w, "<!DOCTYPE html><title>Welcome</title><p>Please log in.</p>\n")
	case d.Body == fakeam.TruncatedBody:
		seen.Outcome, seen.Status = "truncated", taken.Code
		text := send(w, taken, 1000)
		_, _ = w.Write(text)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	case d.Body == fakeam.SlowBody:
		seen.Outcome, seen.Status = "slow_body", taken.Code
		s.dribble(w, send(w, taken, 0), time.Duration(d.BodyDuration))
	}
}

// send writes the header of a recorded answer and returns its body, of spaces if it has none.
// The length that it declares is more than that by so many bytes.
func send(w http.ResponseWriter, recorded *httptest.ResponseRecorder, more int) []byte {
	text := recorded.Body.Bytes()
	if len(text) == 0 {
		text = bytes.Repeat([]byte(" "), 10)
	}
	maps.Copy(w.Header(), recorded.Header())
	w.Header().Set("Content-Length", strconv.Itoa(len(text)+more))
	w.WriteHeader(recorded.Code)
	_ = http.NewResponseController(w).Flush()
	return text
}

// dribble writes text evenly over d, in at most 100 pieces.
func (s *Server) dribble(w http.ResponseWriter, text []byte, d time.Duration) {
	pieces := min(len(text), 100)
	control := http.NewResponseController(w)
	for i := range pieces {
		if !s.sleep(d / time.Duration(pieces)) {
			panic(http.ErrAbortHandler)
		}
		if _, err := w.Write(text[len(text)*i/pieces : len(text)*(i+1)/pieces]); err != nil {
			return
		}
		_ = control.Flush()
	}
}

// hang waits until the client has gone or the Server is closed.
func (s *Server) hang(r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-s.closed:
	}
	panic(http.ErrAbortHandler)
}

// sleep waits for d and reports whether it did: not if the Server is closed before.
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

// breakConnection closes the connection so that the client gets a TCP reset; one that is no TCP connection is just closed.
func breakConnection(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	defer conn.Close()
	if secured, ok := conn.(*tls.Conn); ok {
		conn = secured.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // a reset instead of an orderly end
	}
}

// speakTLS answers as a server that expects TLS: with the alert "handshake failure" (RFC 8446, 5.1 and 6), which is no HTTP.
func speakTLS(w http.ResponseWriter) {
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

type arrivalKey struct{}

// arrivalOf returns where to note what became of the alerts of r, or nil.
func arrivalOf(r *http.Request) *Arrival {
	a, _ := r.Context().Value(arrivalKey{}).(*Arrival)
	return a
}

// observe tells of an arrival, once.
func (s *Server) observe(a *Arrival) {
	if s.opt.Observe == nil || a.Remote == told {
		return
	}
	a.Took = s.clock.Since(a.At)
	s.observing.Lock()
	defer s.observing.Unlock()
	s.opt.Observe(*a)
	a.Remote = told
}

// told marks an arrival that Observe knows.
const told = "\x00"

// statusWriter notes the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	status *int
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	*w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// countElements counts the elements of the JSON array that body is; of other text it returns any number.
func countElements(body []byte) int {
	depth, n := 0, 0
	first := true // no element of the array yet
	for i := 0; i < len(body); i++ {
		switch c := body[i]; c {
		case ' ', '\t', '\n', '\r':
			continue
		case ']', '}':
			depth--
			continue
		case ',':
			first = first || depth == 1
			continue
		case '"':
			for i++; i < len(body) && body[i] != '"'; i++ {
				if body[i] == '\\' {
					i++
				}
			}
		case '[', '{':
			depth++
			if depth == 1 {
				continue
			}
		}
		if first && depth >= 1 {
			n++
			first = false
		}
	}
	return n
}

// firstElements returns the JSON array of the first n elements of body, or body if it is none.
func firstElements(body []byte, n int) []byte {
	var list []json.RawMessage
	if json.Unmarshal(body, &list) != nil || n >= len(list) {
		return body
	}
	short, err := json.Marshal(list[:n])
	if err != nil {
		return body
	}
	return short
}
