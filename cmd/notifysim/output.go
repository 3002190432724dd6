package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"
)

// checkOutput returns an error unless output, the value of --output, is one of words.
func checkOutput(output string, words ...string) error {
	if slices.Contains(words, output) {
		return nil
	}
	last := len(words) - 1
	return fmt.Errorf("--output %q: write %s or %s", output, strings.Join(words[:last], ", "), words[last])
}

// stdoutArg is the value that stands for the standard output, in flags that name a file to write.
const stdoutArg = "-"

// An output is the destination that a flag such as --html names. A file is replaced as a whole once its new content is
// complete. A stream (the standard output, a pipe, a terminal) is written directly.
type output struct {
	flag, path string
	stream     io.Writer // nil if the output is a file
	close      func() error
}

// openOutput checks the path that a flag names before the command does its work. It opens streams, and refuses folders
// and devices: writing to a device could damage it or never end.
func openOutput(cmd *cobra.Command, flag, path string) (*output, error) {
	o := &output{flag: flag, path: path, close: func() error { return nil }}
	switch path {
	case stdoutArg, "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1":
		o.stream = cmd.OutOrStdout()
		return o, nil
	case "/dev/stderr", "/dev/fd/2", "/proc/self/fd/2":
		o.stream = cmd.ErrOrStderr()
		return o, nil
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Dir(path)); err != nil {
			return nil, o.failed(&fs.PathError{Op: "create", Path: path, Err: errors.Unwrap(err)})
		}
		return o, nil
	}
	if err != nil {
		return nil, o.failed(err)
	}
	var f *os.File
	switch mode := info.Mode(); {
	case mode.IsRegular() && !strings.HasPrefix(path, "/dev/") && !strings.HasPrefix(path, "/proc/"):
		return o, nil
	case mode.IsRegular(): // a file that the shell has opened, such as /dev/fd/3
		f, err = os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	case mode.IsDir():
		return nil, usageErrorf("%s %s: is a folder; name a file in it", flag, path)
	case mode&fs.ModeNamedPipe != 0:
		f, err = openPipe(path)
	default:
		if f = openTerminal(path); f == nil {
			return nil, usageErrorf("%s %s: is a device; name a file, a pipe, or %s for the standard output", flag, path,
				stdoutArg)
		}
	}
	if err != nil {
		return nil, o.failed(err)
	}
	o.stream, o.close = f, f.Close
	return o, nil
}

// pipePatience is how long openPipe waits for a process that opens the pipe for reading.
var pipePatience = 10 * time.Second

// openPipe opens a named pipe for writing. Unlike a blocking open it does not wait forever if no process reads the
// pipe.
func openPipe(path string) (*os.File, error) {
	for deadline := time.Now().Add(pipePatience); ; time.Sleep(10 * time.Millisecond) {
		f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		switch {
		case !errors.Is(err, syscall.ENXIO):
			return f, err
		case time.Now().After(deadline):
			return nil, &fs.PathError{Op: "open", Path: path, Err: errors.New("no process reads this pipe; start one first")}
		}
	}
}

// openTerminal opens a terminal for writing. It returns nil if path is not a terminal, without blocking.
func openTerminal(path string) *os.File {
	f, err := os.OpenFile(path, os.O_WRONLY|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0)
	if err != nil {
		return nil
	}
	if !term.IsTerminal(int(f.Fd())) {
		f.Close()
		return nil
	}
	return f
}

// isStream reports whether the output is a stream, whose content cannot be replaced or read again.
func (o *output) isStream() bool { return o.stream != nil }

// write writes the output. It may be called once.
func (o *output) write(text func(io.Writer) error) error {
	if !o.isStream() {
		return o.failed(replaceFile(o.path, text))
	}
	return o.failed(errors.Join(text(o.stream), o.close()))
}

// failed adds the name of the flag to an error; nil stays nil.
func (o *output) failed(err error) error {
	if err == nil {
		return nil
	}
	return internalErrorf("notifysim: %s: %w", o.flag, err)
}

// replaceFile writes a file completely or not at all. An existing file keeps its mode. If path is a symbolic link, the
// target of the link is replaced.
func replaceFile(path string, text func(io.Writer) error) error {
	mode := os.FileMode(0o666) // the umask is applied to it
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	info, err := os.Stat(path)
	if err == nil {
		mode = info.Mode().Perm()
	}
	next := path + ".tmp" + rand.Text()[:8]
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	defer os.Remove(next) // after the rename there is no such file
	err = text(f)
	if info != nil {
		err = errors.Join(err, f.Chmod(mode))
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(next, path)
}

// outputs opens the outputs that the flags of a command name.
type outputs struct {
	cmd    *cobra.Command
	stdout string // the flag that names the standard output, "" for none
}

// open opens the output that a flag names. It returns nil if the flag is not set.
func (s *outputs) open(flag, path string) (*output, error) {
	if path == "" {
		return nil, nil
	}
	o, err := openOutput(s.cmd, flag, path)
	if err == nil && o.stream == s.cmd.OutOrStdout() {
		if s.stdout != "" {
			return nil, usageErrorf("%s and %s both name the standard output; name a file for one of them", s.stdout, flag)
		}
		s.stdout = flag
	}
	return o, err
}

// report returns the writer for the report of the command. It is standard error if a flag names the standard output, so
// that the two outputs do not mix.
func (s *outputs) report() io.Writer {
	if s.stdout != "" {
		return s.cmd.ErrOrStderr()
	}
	return s.cmd.OutOrStdout()
}
