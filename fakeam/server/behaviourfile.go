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

// maxTraceBytes is the longest trace file that a behaviour file may name, in bytes.
const maxTraceBytes = 1 << 20

// A BehaviourFile is a YAML file with a Behaviour, and the trace file that it names, if any.
type BehaviourFile struct {
	Path string

	// What Read found.
	modified time.Time
	size     int64
	text     []byte
}

// Read reads the file.
func (f *BehaviourFile) Read() (fakeam.Behaviour, error) {
	info, err := os.Stat(f.Path)
	if err != nil {
		return fakeam.Behaviour{}, err
	}
	text, err := os.ReadFile(f.Path)
	if err != nil {
		return fakeam.Behaviour{}, err
	}
	f.modified, f.size, f.text = info.ModTime(), info.Size(), text
	b, err := fakeam.ParseBehaviour(text, f.readTrace)
	if err != nil {
		return b, fmt.Errorf("%s: %w", f.Path, err)
	}
	return b, nil
}

// readTrace reads a trace file; a relative name starts from the directory of the behaviour file.
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
		return nil, fmt.Errorf("%s is not a regular file", path)
	case info.Size() > maxTraceBytes:
		return nil, fmt.Errorf("%s is longer than the limit of 1 MiB", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	trace, errs := fakeam.ParseTraceFile(name, text)
	if len(errs) > 0 {
		return nil, fmt.Errorf("%s:%d:%d: %s", path, errs[0].Line, errs[0].Col, errs[0].Msg)
	}
	return trace, nil
}

// Follow checks the file twice a second until the context ends. When it has changed, Follow gives the behaviour to the
// server, and a line about it to report. A file that is missing changes nothing, nor does one that is not valid.
func (f *BehaviourFile) Follow(ctx context.Context, server *Server, report func(string)) {
	for {
		timer, stop := server.timer(server.now() + int64(500*time.Millisecond))
		select {
		case <-ctx.Done():
			stop()
			return
		case <-timer:
		}
		if info, err := os.Stat(f.Path); err != nil || info.ModTime().Equal(f.modified) && info.Size() == f.size {
			continue // an editor may be replacing the file
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
			report(fmt.Sprintf("Behaviour unchanged: %v", err))
			continue
		}
		report("Behaviour: " + b.String())
	}
}
