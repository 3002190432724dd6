package scenarios

import (
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios/internal/document"
	"github.com/notifysim/notifysim/scenarios/internal/promfile"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// Load reads the scenario file at path and checks it completely. The files that it names, such as a config_file, are
// relative to it. The error is of type Errors and lists everything that is wrong.
func Load(path string) (*File, error) {
	text, err := ReadFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, text)
}

// Parse is Load for text that has been read already. path is used in messages and for the files that the scenario
// names.
func Parse(path string, text []byte) (*File, error) {
	return parse(hostFolder(readHost, path), path, text)
}

// isPrometheusConfig reports whether a file has top-level fields of prometheus.yml that a scenario never has.
func isPrometheusConfig(root *yaml.Node) bool {
	for _, key := range []string{"alerting", "scrape_configs", "global", "remote_write"} {
		if strictyaml.Lookup(root, key) != nil {
			return true
		}
	}
	return false
}

// parse turns text into a tree, the tree into a document, and the document into a File.
func parse(dir folder, path string, text []byte) (*File, error) {
	r := &strictyaml.Report{Path: path}
	root := document.Read(r, path, text)
	if root == nil {
		return nil, r.Err()
	}
	if strictyaml.Lookup(root, "tests") == nil && isPrometheusConfig(root) {
		r.Errorf(Pos{File: path, Line: 1, Col: 1}, "this is a configuration of Prometheus, not a scenario; "+
			"write a scenario file with config_file: %s", filepath.Base(path))
		return nil, r.Err()
	}
	c := &checker{
		Report: r, dir: dir, text: text, doc: document.Decode(r, path, root), left: newBudget(),
		inline: promfile.Inline{Report: r, Path: path, Text: text},
	}
	file := c.checkFile()
	if err := r.Err(); err != nil {
		return nil, err
	}
	return file, nil
}
