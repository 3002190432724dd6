package strictyaml

import (
	"bytes"
	"errors"
	"io"

	"go.yaml.in/yaml/v3"
)

// A Format is what Read needs to know about the format of a file. The zero Format allows any mapping.
type Format struct {
	// Fields is what to write in an empty file, such as "config: and tests:".
	Fields string
	// Foreign reports whether a field contains another format, which has its own parser. parent is the field that
	// contains it, "" at the top level. In that format tags, merge keys and duplicate keys are allowed. Foreign may be
	// nil.
	Foreign func(parent, field string) bool
}

// Read parses text as one YAML document whose root is a mapping, and returns the root without aliases. It reports
// errors to r, which shows excerpts from text. It returns nil if the text cannot be parsed.
func (f Format) Read(r *Report, path string, text []byte) *yaml.Node {
	return read(r, path, text, f, false)
}

// ReadForeign parses text in a format that another parser checks. Only invalid YAML and exceeded limits are errors.
// Like Prometheus it reads the first document of a file, and treats an empty file as null. It reports errors to r,
// which shows excerpts from text. It returns nil if the text cannot be parsed.
func ReadForeign(r *Report, path string, text []byte) *yaml.Node {
	return read(r, path, text, Format{}, true)
}

func read(r *Report, path string, text []byte, f Format, foreign bool) *yaml.Node {
	r.AddSource(path, text)
	if len(text) > MaxFileSize {
		r.Errorf(Pos{File: path}, "is larger than the limit of %d MiB; split it", MaxFileSize>>20)
		return nil
	}
	if pos, what := unreadable(path, text); what != "" {
		r.Errorf(pos, "%s", what)
		return nil
	}
	var root *yaml.Node
	var err error
	if foreign {
		root, err = firstDocument(text)
	} else {
		root, err = onlyDocument(r, path, text, f)
	}
	if err != nil {
		r.Errorf(syntaxError(path, text, err))
	}
	if root == nil {
		return nil
	}
	x := expansion{Report: r, path: path, format: f, open: map[*yaml.Node]bool{}}
	if plain := x.expand(root, 1, "", foreign, false); !x.stopped {
		return plain
	}
	return nil
}

// firstDocument returns the root of the first document in text, or a null node without any. The error is that of the
// parser.
func firstDocument(text []byte) (*yaml.Node, error) {
	var doc yaml.Node
	switch err := yaml.NewDecoder(bytes.NewReader(text)).Decode(&doc); {
	case errors.Is(err, io.EOF):
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Line: 1, Column: 1}, nil
	case err != nil:
		return nil, err
	}
	return doc.Content[0], nil
}

// onlyDocument returns the root of the only document in text, which must be a mapping. If it is not, onlyDocument
// reports that and returns nil. The error is that of the parser.
func onlyDocument(r *Report, path string, text []byte, f Format) (*yaml.Node, error) {
	var doc, next yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(text))
	err := dec.Decode(&doc)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, err
	case err != nil || doc.Content[0].Kind == yaml.ScalarNode && doc.Content[0].Tag == "!!null":
		r.Errorf(Pos{path, 1, 1}, "the file is empty; write at least %s", f.Fields)
		return nil, nil
	case doc.Content[0].Kind != yaml.MappingNode:
		root := doc.Content[0]
		r.Errorf(At(path, root), "the file is %s; write a mapping with %s", KindOf(root), f.Fields)
		return nil, nil
	}
	switch err := dec.Decode(&next); {
	case err == nil:
		r.Errorf(At(path, &next), "a second YAML document begins here; write only one document in a file")
		return nil, nil
	case !errors.Is(err, io.EOF):
		return nil, err
	}
	return doc.Content[0], nil
}
