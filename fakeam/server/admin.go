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

// Admin returns a handler that controls a server: GET /behaviour returns its Behaviour as YAML, PUT /behaviour changes it,
// POST /restart empties the store. It answers nobody who does not call it localhost or by a loopback address, nor a web page;
// serve it on loopback only.
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
		if !local(r.Host) || r.Header.Get("Origin") != "" { // a name may have been made to mean this machine
			http.Error(w, "only for this machine, and not for web pages", http.StatusForbidden)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// local reports whether a Host header names this machine.
func local(name string) bool {
	if host, _, err := net.SplitHostPort(name); err == nil {
		name = host
	}
	ip := net.ParseIP(strings.Trim(name, "[]"))
	return name == "localhost" || ip != nil && ip.IsLoopback()
}
