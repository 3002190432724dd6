package server

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// A call is a request to a tested server.
type call struct {
	method, path, contentType, body string
}

// connectionClosed stands for the response of a handler that closes the connection.
const connectionClosed = "connection closed"

func (c call) String() string {
	return fmt.Sprintf("%s %s %q %q", c.method, c.path, c.contentType, c.body)
}

// do sends the request to a handler and returns the response as a client would see it.
func (c call) do(h http.Handler) (response string) {
	defer func() {
		if p := recover(); p != nil {
			response = connectionClosed
		}
	}()
	r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
	if c.contentType != "" {
		r.Header.Set("Content-Type", c.contentType)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	response = fmt.Sprintln(w.Code)
	for _, name := range []string{
		"Content-Type", "Cache-Control", "Vary", "Allow", "Content-Length", "X-Content-Type-Options",
	} {
		if v, ok := w.Header()[name]; ok {
			response += fmt.Sprintln(name, v)
		}
	}
	return inOrder(response + w.Body.String())
}

// inOrder sorts the methods allowed for a path, because the generated code lists them in the random order of a map.
func inOrder(response string) string { return strings.ReplaceAll(response, "[GET,POST]", "[POST,GET]") }

func post(body string) call { return call{"POST", "/api/v2/alerts", "application/json", body} }
func get(path string) call  { return call{"GET", path, "", ""} }

var getAlerts = get("/api/v2/alerts")

// at replaces each time %N in the body by the time N seconds after now.
func (c call) at(now time.Time) call {
	for strings.Contains(c.body, `"%`) && strings.Contains(c.body, `At":"%`) {
		from := strings.Index(c.body, `At":"%`) + len(`At":"`)
		to := from + strings.IndexByte(c.body[from:], '"')
		var seconds int
		fmt.Sscan(c.body[from+1:to], &seconds)
		c.body = c.body[:from] + now.Add(time.Duration(seconds)*time.Second).UTC().Format(time.RFC3339Nano) + c.body[to:]
	}
	return c
}
