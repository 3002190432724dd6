package fakeam

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
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
		text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBehaviourFile))
		if err == nil {
			var b Behaviour
			if b, err = ParseBehaviour(text); err == nil {
				err = server.Behave(b)
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

// A BehaviourFile is a file with a Behaviour, which may change. A trace file that it names, beside it, is read with it.
type BehaviourFile struct {
	Path string

	changed time.Time
	size    int64
	text    []byte
}

// Read reads it.
func (f *BehaviourFile) Read() (Behaviour, error) {
	info, err := os.Stat(f.Path)
	if err != nil {
		return Behaviour{}, err
	}
	text, err := os.ReadFile(f.Path)
	if err != nil {
		return Behaviour{}, err
	}
	f.changed, f.size, f.text = info.ModTime(), info.Size(), text
	b, err := parseBehaviour(text, f.Path)
	if err != nil {
		return b, fmt.Errorf("%s: %w", f.Path, err)
	}
	return b, nil
}

// Follow looks for a change twice a second, gives it to the server and reports it in a line, until the context ends.
// A file that is not valid, or not there, changes nothing.
func (f *BehaviourFile) Follow(ctx context.Context, server *Server, report func(string)) {
	for {
		timer, stop := server.timer(server.now() + int64(500*time.Millisecond))
		select {
		case <-ctx.Done():
			stop()
			return
		case <-timer:
		}
		if info, err := os.Stat(f.Path); err != nil || info.ModTime().Equal(f.changed) && info.Size() == f.size {
			continue // an editor is between two steps, or nothing changed
		}
		before := f.text
		b, err := f.Read()
		if errors.Is(err, os.ErrNotExist) || bytes.Equal(before, f.text) {
			continue
		}
		if err == nil {
			err = server.Behave(b)
		}
		if err != nil {
			report(fmt.Sprintf("The behaviour stays as it is: %v", err))
			continue
		}
		report("Behaviour: " + b.String())
	}
}
