package scenarios

import (
	"io/fs"
	"path"
	"slices"
)

// Library returns the names of the embedded scenarios, sorted. A name includes the directory, if any.
func Library() []string {
	var names []string
	err := fs.WalkDir(library, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && path.Ext(name) == ".yml" {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		panic(err) // impossible for an embedded file system
	}
	slices.Sort(names)
	return names
}

// LoadEmbedded loads an embedded scenario. name is one that Library returns.
func LoadEmbedded(name string) (*File, error) { return LoadFS(library, name) }

// LoadFS is Load for a file in fsys. The files that the scenario names are read from fsys too.
func LoadFS(fsys fs.FS, name string) (*File, error) {
	read := func(name string, limit int64) ([]byte, error) { return readUpTo(fsys, name, limit) }
	text, err := read(name, MaxFileSize)
	if err != nil {
		return nil, err
	}
	return parse(folder{read: read, dir: path.Dir(name)}, name, text)
}

// LibraryText returns the text of an embedded scenario.
func LibraryText(name string) (string, error) {
	text, err := readUpTo(library, name, MaxFileSize)
	return string(text), err
}
