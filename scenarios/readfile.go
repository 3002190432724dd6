package scenarios

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// ReadFile reads the text of the scenario file at path. The error is of type Errors.
func ReadFile(path string) ([]byte, error) { return readHost(path, MaxFileSize) }

// A folder is that of a scenario: the files that it names are relative to it.
type folder struct {
	read func(path string, limit int64) ([]byte, error) // as readUpTo
	dir  string
	// host is that paths are those of the machine, which may be absolute; others are as package io/fs has them.
	host bool
}

// hostFolder is the folder of the file at path, with the paths of the machine.
func hostFolder(read func(string, int64) ([]byte, error), file string) folder {
	return folder{read: read, dir: filepath.Dir(file), host: true}
}

// path returns the path of a file that the scenario names.
func (f folder) path(name string) string {
	switch {
	case !f.host:
		return path.Join(f.dir, name)
	case filepath.IsAbs(name):
		return name
	}
	return filepath.Join(f.dir, name)
}

// dirOf returns the folder in which a file is.
func (f folder) dirOf(file string) string {
	if f.host {
		return filepath.Dir(file)
	}
	return path.Dir(file)
}

// host is the machine's own file system. Unlike os.DirFS it takes any path: a config_file may be
// /etc/prometheus/prometheus.yml.
type host struct{}

func (host) Open(name string) (fs.File, error)          { return os.Open(name) }
func (host) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }
func (host) Stat(name string) (fs.FileInfo, error)      { return os.Stat(name) }

// readHost is readUpTo of the machine's own file system.
func readHost(name string, limit int64) ([]byte, error) { return readUpTo(host{}, name, limit) }

// readUpTo reads a file that the user named, of at most limit bytes. It asks for the kind of file before it opens it,
// since opening a pipe waits for a writer. The error is of type Errors.
func readUpTo(fsys fs.FS, name string, limit int64) ([]byte, error) {
	wrong := func(msg string) error { return Errors{{Pos: Pos{File: name}, Msg: msg}} }
	info, err := fs.Stat(fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, wrong(noSuchFile)
	case err != nil:
		return nil, wrong(withoutPath(err) + "; name a file that can be read")
	case info.IsDir():
		return nil, wrong("is a directory; " + writeFilesOf(fsys, name))
	case !info.Mode().IsRegular():
		return nil, wrong("is not a regular file; name a file of text")
	case info.Size() > limit:
		return nil, wrong(tooLarge(limit))
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, wrong(withoutPath(err) + "; name a file that can be read")
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, wrong(withoutPath(err) + "; name a file that can be read")
	}
	return text, nil
}

const noSuchFile = "there is no such file; name one that exists"

func tooLarge(limit int64) string {
	return fmt.Sprintf("is larger than the limit of %d MiB; split it", limit>>20)
}

// withoutPath is the message of an error without the path, which the position says.
func withoutPath(err error) string {
	var perr *fs.PathError
	if errors.As(err, &perr) {
		err = perr.Err
	}
	return err.Error()
}

// writeFilesOf returns what to write instead of a directory.
func writeFilesOf(fsys fs.FS, dir string) string {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return "name a file"
	}
	for _, e := range entries {
		if ext := path.Ext(e.Name()); !e.IsDir() && (ext == ".yml" || ext == ".yaml") {
			slashed := filepath.ToSlash(dir)
			return fmt.Sprintf("name a file in it, such as %s, or all: %s",
				path.Join(slashed, e.Name()), path.Join(slashed, "*"+ext))
		}
	}
	return "name a file"
}
