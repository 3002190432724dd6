package scenarios

import (
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/notifysim/notifysim/scenarios/internal/recording"
)

// Sources are the texts of a scenario file and of the files that it names, by their paths. With them a scenario can be
// checked on a machine that does not have the files.
type Sources map[string]string

// LoadSources is Load, and returns the texts too.
func LoadSources(path string) (*File, Sources, error) {
	text, err := readText(host{}, path, path)
	if err != nil {
		return nil, nil, err
	}
	return ParseSources(path, text)
}

// ParseSources is LoadSources for text that is already read; path is where it would stand.
func ParseSources(path string, text []byte) (*File, Sources, error) {
	s := Sources{path: string(text)}
	file, err := parse(hostFolder(recorder{s}, path), path, text)
	if err != nil {
		return nil, nil, err
	}
	return file, s, nil
}

// Parse is Load for the scenario at path, with these texts as the only files.
func (s Sources) Parse(path string) (*File, error) {
	return parse(hostFolder(s, path), path, []byte(s[path]))
}

// A recorder is the host's file system, and adds to sources what is read of it.
type recorder struct{ sources Sources }

func (r recorder) Stat(name string) (fs.FileInfo, error) { return host{}.Stat(name) }

func (r recorder) Open(name string) (fs.File, error) {
	text, err := readUpTo(host{}, name, name, recording.MaxSize) // what is read of it knows its own limit
	if err != nil {
		return nil, err
	}
	r.sources[name] = string(text)
	return r.sources.Open(name)
}

// Stat makes Sources a file system.
func (s Sources) Stat(name string) (fs.FileInfo, error) {
	text, ok := s[name]
	if !ok {
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	}
	return sourceInfo{name, int64(len(text))}, nil
}

// Open makes Sources a file system.
func (s Sources) Open(name string) (fs.File, error) {
	info, err := s.Stat(name)
	if err != nil {
		return nil, err
	}
	return &sourceFile{strings.NewReader(s[name]), info}, nil
}

type sourceFile struct {
	*strings.Reader
	info fs.FileInfo
}

func (f *sourceFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *sourceFile) Close() error               { return nil }

type sourceInfo struct {
	name string
	size int64
}

func (i sourceInfo) Name() string       { return filepath.Base(i.name) }
func (i sourceInfo) Size() int64        { return i.size }
func (i sourceInfo) Mode() fs.FileMode  { return 0o444 }
func (i sourceInfo) ModTime() time.Time { return time.Time{} }
func (i sourceInfo) IsDir() bool        { return false }
func (i sourceInfo) Sys() any           { return nil }
