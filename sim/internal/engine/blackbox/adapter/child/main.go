//go:build ignore

// This program runs the notifier of the Prometheus release that it is linked with, in virtual time. It executes the
// requests that it reads from its standard input (see package protocol), and ends when its input ends.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"testing"
	"testing/synctest"

	"notifysim.child/protocol"
)

func main() {
	w := &wire{in: bufio.NewReaderSize(os.Stdin, 1<<16), out: os.Stdout}
	os.Stdout = os.Stderr // the notifier must not write between the responses
	for {
		req := w.read()
		if req.Op != protocol.Open || req.Options == nil {
			w.write(protocol.Response{Error: fmt.Sprintf("%q comes before %q", req.Op, protocol.Open)})
			continue
		}
		var end protocol.Response
		if err := inBubble(func() { serve(w, req.Options) }); err != nil {
			end.Error = err.Error()
		}
		w.write(end)
	}
}

// inBubble runs f in a synctest bubble. It returns an error if the notifier panics, or if goroutines of it do not end.
func inBubble(f func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the notifier panicked: %v", p)
		}
	}()
	synctest.Test(&testing.T{}, func(*testing.T) { f() })
	return nil
}

// serve runs one manager until it is told to close. While it waits for input, no virtual time passes.
func serve(w *wire, o *protocol.Options) {
	b, lacks := newBubble(o)
	w.write(protocol.Response{Module: module(), Lacks: lacks})
	for {
		req := w.read()
		if req.Op == protocol.Close {
			b.close()
			return
		}
		w.write(b.do(req))
	}
}

// version is set by the linker: the version of the Prometheus module, or "replaced" if the module is a checkout.
var version string

// module returns the version of the Prometheus module.
func module() string {
	info, _ := debug.ReadBuildInfo()
	for _, m := range info.Deps {
		if m.Path == "github.com/prometheus/prometheus" && m.Replace == nil {
			return m.Version
		}
	}
	return version
}

// A wire is the connection to the process that runs the simulation.
type wire struct {
	in  *bufio.Reader
	out *os.File
}

func (w *wire) read() protocol.Request {
	line, err := w.in.ReadBytes('\n')
	if err != nil {
		os.Exit(0) // the run is over
	}
	var req protocol.Request
	if err := json.Unmarshal(line, &req); err != nil {
		fmt.Fprintf(os.Stderr, "request %q: %v\n", line, err)
		os.Exit(1)
	}
	return req
}

func (w *wire) write(resp protocol.Response) {
	line, err := json.Marshal(resp)
	if err == nil {
		_, err = w.out.Write(append(line, '\n'))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
