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

// ReadFile reads the text of the scenario file at path. Errors are of type Errors.
func ReadFile(path string) ([]byte, error) { return readHost(path, MaxFileSize) }

// A folder is the directory of a scenario. The files that the scenario names are relative to it.
type folder struct {
	read func(path string, limit int64) ([]byte, error) // like readUpTo
	dir  string
	// host says that paths are those of the operating system and may be absolute. Otherwise they are paths of package
	// io/fs.
	host bool
}

// hostFolder returns the directory of a file, with paths of the operating system.
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

// dirOf returns the directory of a file.
func (f folder) dirOf(file string) string {
	if f.host {
		return filepath.Dir(file)
	}
	return path.Dir(file)
}

// host is the file system of the operating system. Unlike os.DirFS it accepts any path: a config_file may be
// /etc/prometheus/prometheus.yml.
type host struct{}

func (host) Open(name string) (fs.File, error)          { return os.Open(name) }
func (host) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }
func (host) Stat(name string) (fs.FileInfo, error)      { return os.Stat(name) }

// readHost is readUpTo for the file system of the operating system.
func readHost(name string, limit int64) ([]byte, error) { return readUpTo(host{}, name, limit) }

// readUpTo reads a file that the user named, if it has at most limit bytes. It checks that the file is a regular one
// before it opens it, because opening a pipe would wait for a writer. Errors are of type Errors.
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

// withoutPath returns the message of an error without the path, which is already in the position of the error.
func withoutPath(err error) string {
	var perr *fs.PathError
	if errors.As(err, &perr) {
		err = perr.Err
	}
	return err.Error()
}

// writeFilesOf returns advice on what to name instead of a directory.
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
