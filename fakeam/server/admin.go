package server

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/fakeam"
)

// Admin returns a handler that controls a Server: GET /behaviour returns its Behaviour as YAML, PUT /behaviour replaces
// it, and POST /restart empties the store. Serve it at a loopback address only. To protect it from DNS rebinding and
// from web pages, it rejects requests with an Origin header, and requests whose Host header is neither localhost nor a
// loopback address.
func Admin(server *Server) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /behaviour", func(w http.ResponseWriter, _ *http.Request) {
		text, err := yaml.Marshal(server.Behaviour())
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(text)
	})
	mux.HandleFunc("PUT /behaviour", func(w http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, fakeam.MaxBehaviourFile))
		if err == nil {
			var b fakeam.Behaviour
			if b, err = fakeam.ParseBehaviour(text, nil); err == nil {
				err = server.SetBehaviour(b)
			}
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		fmt.Fprintln(w, server.Behaviour())
	})
	mux.HandleFunc("POST /restart", func(http.ResponseWriter, *http.Request) { server.Restart() })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLoopback(r.Host) || r.Header.Get("Origin") != "" {
			http.Error(w, "the admin endpoint serves only local clients; request localhost, without an Origin header",
				http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// isLoopback reports whether the value of a Host header is localhost or a loopback address.
func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
