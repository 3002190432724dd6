package scenarios

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// maxFound limits the number of files and directories that Find looks at.
const maxFound = 100_000

// Find returns the paths of all scenario files in a directory and its subdirectories, sorted. A scenario file has a
// name that ends in .yml or .yaml, and IsScenario is true for its text. Find skips subdirectories that are named
// testdata or begin with a dot, and does not follow links to directories. If there is no scenario file, the error says
// what to do. Errors are of type Errors.
func Find(dir string) ([]string, error) {
	wrong := func(path, format string, args ...any) error {
		return Errors{{Pos: Pos{File: path}, Msg: fmt.Sprintf(format, args...)}}
	}
	var found []string
	entries := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if entries++; entries > maxFound {
			return wrong(dir, "has more than the limit of %d files and folders; name a smaller folder", maxFound)
		}
		switch ext := filepath.Ext(path); {
		case err != nil:
			return wrong(path, "%s; name a folder that can be read", withoutPath(err))
		case d.IsDir() && path != dir && (d.Name()[0] == '.' || d.Name() == "testdata"):
			return fs.SkipDir
		case d.IsDir() || ext != ".yml" && ext != ".yaml":
			return nil
		}
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
			return nil // a link to a directory or to nothing, or a pipe
		}
		text, err := readStart(path)
		if err != nil {
			return wrong(path, "%s; name a file that can be read", withoutPath(err))
		}
		if IsScenario(text) {
			found = append(found, path)
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case len(found) == 0:
		return nil, wrong(dir, "is a folder without scenario files, which are .yml or .yaml files with the fields "+
			"`tests` and `config` or `config_file`; name a folder with scenario files, or a file")
	}
	return found, nil
}

// readStart reads a file up to the size limit of a scenario file. If the file is longer, Load reports that.
func readStart(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MaxFileSize))
}

// The top-level fields that distinguish scenario files from other files with tests, such as promtool's.
var (
	testsField  = regexp.MustCompile(`(?m)^["']?tests["']?[ \t]*:`)
	configField = regexp.MustCompile(`(?m)^["']?config(_file)?["']?[ \t]*:`)
)

// IsScenario reports whether a text is a scenario file, valid or not: whether it has the top-level fields tests and
// config or config_file. The text is searched without parsing it, so a YAML error does not make a difference.
func IsScenario(text []byte) bool { return testsField.Match(text) && configField.Match(text) }
