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

// maxTraceBytes is the length limit of a trace file named by a behaviour file, in bytes.
const maxTraceBytes = 1 << 20

// A BehaviourFile is a YAML file with a Behaviour. It may name a trace file, which is read too.
type BehaviourFile struct {
	Path string

	// The state of the file when Read read it.
	modified time.Time
	size     int64
	text     []byte
}

// Read reads the Behaviour from the file.
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

// readTrace reads a trace file. A relative name is relative to the directory of the behaviour file.
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
		return nil, fmt.Errorf("%s is not a regular file; name a regular file", path)
	case info.Size() > maxTraceBytes:
		return nil, fmt.Errorf("%s is longer than 1 MiB; name a shorter file", path)
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

// Follow checks twice a second whether the file has changed, until the context ends. If it has, Follow sets the
// behaviour of the server and calls report with a line of text about it. If the file is invalid, the behaviour stays
// and report is told why. If the file is missing, nothing happens.
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
			continue // if it is missing, an editor may be replacing the file
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
