package promfile

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A source is text for one of Prometheus' parsers, with the positions of its nodes in a file.
type source struct {
	*strictyaml.Report
	kind
	file      string
	text      string               // the text that Prometheus parses
	exact     bool                 // the lines of text are those of the file
	rewritten map[int][]*yaml.Node // if not exact: the nodes of the file on each line of text, in order
	root      *yaml.Node
	pos       strictyaml.Pos // position of the text as a whole
}

// onLine returns the position of word, a key or a value, on a line of the text. Without such a word it is that of the
// first character on the line.
func (s *source) onLine(line int, word string) strictyaml.Pos {
	if !s.exact {
		return s.onRewrittenLine(line, word)
	}
	pos := strictyaml.Pos{File: s.file, Line: line, Col: 1}
	if lines := strings.Split(s.text, "\n"); line <= len(lines) {
		pos.Col = strictyaml.Indent(lines[line-1]) + 1
	}
	for n := range strictyaml.All(s.root) {
		if n.Line == line && n.Value == word && n.Kind == yaml.ScalarNode && word != "" {
			pos.Col = n.Column
			break
		}
	}
	return pos
}

// onRewrittenLine is onLine for text whose lines differ from those of the file.
func (s *source) onRewrittenLine(line int, word string) strictyaml.Pos {
	for _, n := range s.rewritten[line] {
		if n.Kind == yaml.ScalarNode && (n.Value == word || word == "") {
			return strictyaml.At(s.file, n)
		}
	}
	return s.only(func(v string) bool { return v == word })
}

// quoted returns the position of the scalar that msg quotes. Many of Prometheus' errors have no line.
func (s *source) quoted(msg string) strictyaml.Pos {
	return s.only(func(v string) bool {
		return v != "" && (strings.Contains(msg, strconv.Quote(v)) || strings.Contains(msg, "`"+v+"`") ||
			strings.Contains(msg, "^(?s:"+v+")$") || strings.HasSuffix(msg, " but got "+v))
	})
}

// only returns the position of the scalar for which meant is true. If there is not exactly one, it is that of the whole
// text.
func (s *source) only(meant func(string) bool) strictyaml.Pos {
	var found strictyaml.Pos
	for n := range strictyaml.All(s.root) {
		if n.Kind == yaml.ScalarNode && meant(n.Value) {
			at := strictyaml.At(s.file, n)
			if found != at && found.Line > 0 {
				return s.pos
			}
			found = at
		}
	}
	if found.Line > 0 {
		return found
	}
	return s.pos
}

// emptyItem returns the position of the first empty list item or, without one, of the whole text.
func (s *source) emptyItem() strictyaml.Pos {
	for n := range strictyaml.All(s.root) {
		for _, item := range n.Content {
			if n.Kind == yaml.SequenceNode && strictyaml.Empty(item) {
				return strictyaml.At(s.file, item)
			}
		}
	}
	return s.pos
}

// find returns the position of the node at a path of keys and indexes. If it does not exist, it is that of the last
// node on the path that does.
func (s *source) find(path ...string) strictyaml.Pos {
	pos, _ := s.lookup(path...)
	return pos
}

// lookup is find, but also returns the value, which is nil if it does not exist.
func (s *source) lookup(path ...string) (strictyaml.Pos, *yaml.Node) {
	pos, n := s.pos, s.root
	for _, step := range path {
		if n == nil {
			return pos, nil
		}
		var next *yaml.Node
		if i, err := strconv.Atoi(step); err == nil && n.Kind == yaml.SequenceNode && i < len(n.Content) {
			next = n.Content[i]
			pos = strictyaml.At(s.file, next)
		}
		if key, value := field(n, step); key != nil {
			pos, next = strictyaml.At(s.file, key), value
		}
		n = next
	}
	return pos, n
}

// field returns a key of a mapping and its value, which may be merged with <<, or nil if there is none.
func field(n *yaml.Node, name string) (key, value *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		return nil, nil
	}
	var merged []*yaml.Node
	for i := 0; i < len(n.Content); i += 2 {
		switch key, value := n.Content[i], n.Content[i+1]; {
		case key.Value == name:
			return key, value
		case key.Tag == "!!merge" && value.Kind == yaml.SequenceNode:
			merged = append(merged, value.Content...)
		case key.Tag == "!!merge":
			merged = append(merged, value)
		}
	}
	for _, from := range merged {
		if key, value := field(from, name); key != nil {
			return key, value
		}
	}
	return nil, nil
}
