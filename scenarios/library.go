package scenarios

import (
	"io/fs"
	"path"
	"slices"
)

// Library returns the names of the scenarios that the binary carries, sorted: with the folder, for those in one.
func Library() []string {
	var names []string
	err := fs.WalkDir(library, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && path.Ext(name) == ".yml" {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		panic(err) // of an embedded file system
	}
	slices.Sort(names)
	return names
}

// LoadEmbedded returns the library's scenario of that name, as Library gives it.
func LoadEmbedded(name string) (*File, error) { return LoadFS(library, name) }

// LoadFS is Load for a file of fsys. The files that a scenario names are read from fsys too.
func LoadFS(fsys fs.FS, name string) (*File, error) {
	text, err := readText(fsys, name, name)
	if err != nil {
		return nil, err
	}
	return parse(folder{fsys: fsys, dir: path.Dir(name)}, name, text)
}

// LibraryText returns the text of the library's scenario of that name.
func LibraryText(name string) (string, error) {
	text, err := readText(library, name, name)
	return string(text), err
}
