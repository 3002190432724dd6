package scenarios

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// Load reads the scenario file at path and checks all of it. A config_file is looked for beside it.
// The error is of type Errors and holds everything that is wrong.
func Load(path string) (*File, error) {
	text, err := readText(host{}, path, path)
	if err != nil {
		return nil, err
	}
	return Parse(path, text)
}

// Parse is Load for text that is already read; path is where it would stand.
func Parse(path string, text []byte) (*File, error) {
	return parse(folder{fsys: host{}, dir: filepath.Dir(path)}, path, text)
}

// A folder is where a scenario stands: what it names is relative to this.
type folder struct {
	fsys fs.FS
	dir  string
}

func (f folder) path(name string) string {
	switch f.fsys.(type) {
	case host, recorder, Sources:
	default:
		return path.Join(f.dir, name)
	}
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(f.dir, name)
}

// host is the machine's own file system. Unlike os.DirFS it takes any path: a config_file may be /etc/prometheus/prometheus.yml.
type host struct{}

func (host) Open(name string) (fs.File, error)          { return os.Open(name) }
func (host) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }
func (host) Stat(name string) (fs.FileInfo, error)      { return os.Stat(name) }

// ReadFile reads the text of the scenario file at path. The error is of type Errors.
func ReadFile(path string) ([]byte, error) { return readText(host{}, path, path) }

// readText reads a file that the user named and calls it shown in the error. It asks what the file is
// before it opens it: to open a pipe waits for a writer.
func readText(fsys fs.FS, name, shown string) ([]byte, error) {
	return readUpTo(fsys, name, shown, strictyaml.MaxFileSize)
}

// readUpTo is readText with a limit of its own, in bytes.
func readUpTo(fsys fs.FS, name, shown string, limit int64) ([]byte, error) {
	wrong := func(msg string) error { return Errors{{Pos: Pos{File: shown}, Msg: msg}} }
	info, err := fs.Stat(fsys, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, wrong("there is no such file; name one that exists")
	case err != nil:
		return nil, wrong(reason(err) + "; name a file that can be read")
	case info.IsDir():
		return nil, wrong("is a directory; " + writeFilesOf(fsys, name))
	case !info.Mode().IsRegular():
		return nil, wrong("is not a regular file; name a file of text")
	case info.Size() > limit:
		return nil, wrong(fmt.Sprintf("is larger than the limit of %d MiB; split it", limit>>20))
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, wrong(reason(err) + "; name a file that can be read")
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, wrong(reason(err) + "; name a file that can be read")
	}
	return text, nil
}

// reason is the error without the path, which stands before it anyway.
func reason(err error) string {
	var perr *fs.PathError
	if errors.As(err, &perr) {
		err = perr.Err
	}
	return err.Error()
}

// parse does all the work: text to tree, tree to document, document to File.
func parse(dir folder, path string, text []byte) (*File, error) {
	c := &checker{Report: &strictyaml.Report{Path: path}, dir: dir, text: text, left: newBudget()}
	root := scenarioFormat.Read(c.Report, path, text)
	if root == nil {
		return nil, c.Err()
	}
	var doc fileDoc
	d := strictyaml.Decoder{Report: c.Report, File: path}
	d.Decode(strictyaml.FieldSpec{Name: "the file"}, root, &doc)
	file := c.checkFile(&doc)
	if err := c.Err(); err != nil {
		return nil, err
	}
	file.report = c.Report
	return file, nil
}

// writeFilesOf returns what to write instead of a directory.
func writeFilesOf(fsys fs.FS, dir string) string {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return "name a file"
	}
	for _, e := range entries {
		if ext := path.Ext(e.Name()); !e.IsDir() && (ext == ".yml" || ext == ".yaml") {
			return "name a file in it, such as " + path.Join(filepath.ToSlash(dir), e.Name()) + ", or all: " + path.Join(filepath.ToSlash(dir), "*"+ext)
		}
	}
	return "name a file"
}
