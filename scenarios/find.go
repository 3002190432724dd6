package scenarios

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// maxFound is the most entries of a folder, and of those below it, that Find looks at.
const maxFound = 100_000

// Find returns the paths of the scenario files in a folder of the machine and in those below it, in the order of their
// names. A scenario file is one whose name ends in .yml or .yaml and whose text IsScenario. Find skips folders
// named testdata and those whose names begin with a dot, unless dir is one, and does not follow links to folders. It is an error if there is no scenario file, with what
// to do. The error is of type Errors.
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
			return nil // a link that leads nowhere or to a folder, a pipe
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
		return nil, wrong(dir, "is a folder without scenario files, which are .yml or .yaml files with tests: and with "+
			"config: or config_file:; name a folder with scenario files, or a file")
	}
	return found, nil
}

// readStart reads a file up to the limit of a scenario file: Load says what is wrong with a longer one.
func readStart(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MaxFileSize))
}

// The fields at the top of a scenario file by which it is told from other files with tests, such as promtool's.
var (
	testsField  = regexp.MustCompile(`(?m)^["']?tests["']?[ \t]*:`)
	configField = regexp.MustCompile(`(?m)^["']?config(_file)?["']?[ \t]*:`)
)

// IsScenario reports whether a text is that of a scenario file, right or wrong: it has tests and a configuration of
// Prometheus at its top. The text need not be YAML, so that a mistake in it does not hide it.
func IsScenario(text []byte) bool { return testsField.Match(text) && configField.Match(text) }
