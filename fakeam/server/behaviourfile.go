package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/notifysim/notifysim/fakeam"
)

// maxTraceBytes is the longest trace file in bytes that a behaviour file may name.
const maxTraceBytes = 1 << 20

// A BehaviourFile is a file with a Behaviour, which may change. A trace file that it names, beside it, is read with it.
type BehaviourFile struct {
	Path string

	changed time.Time
	size    int64
	text    []byte
}

// Read reads it.
func (f *BehaviourFile) Read() (fakeam.Behaviour, error) {
	info, err := os.Stat(f.Path)
	if err != nil {
		return fakeam.Behaviour{}, err
	}
	text, err := os.ReadFile(f.Path)
	if err != nil {
		return fakeam.Behaviour{}, err
	}
	f.changed, f.size, f.text = info.ModTime(), info.Size(), text
	b, err := fakeam.ParseBehaviour(text, f.readTrace)
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
			err = server.SetBehaviour(b)
		}
		if err != nil {
			report(fmt.Sprintf("The behaviour stays as it is: %v", err))
			continue
		}
		report("Behaviour: " + b.String())
	}
}

// readTrace reads a trace file that the behaviour file names; a relative name starts from its directory.
func (f *BehaviourFile) readTrace(name string) (*fakeam.TraceFile, error) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(f.Path), name)
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file; name a file of text", path)
	case info.Size() > maxTraceBytes:
		return nil, fmt.Errorf("%s is larger than the limit of 1 MiB; leave out some of it", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	trace, faults := fakeam.ParseTraceFile(name, text)
	if len(faults) > 0 {
		return nil, fmt.Errorf("%s:%d:%d: %s", path, faults[0].Line, faults[0].Col, faults[0].Msg)
	}
	return trace, nil
}
