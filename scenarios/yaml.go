package scenarios

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// everything, as the verbatim field, is the whole file.
const everything = "*"

// readYAML parses text as one YAML document whose root is a mapping and returns the root without aliases, or nil after an
// error. What stands under the field verbatim, at the top or of a reload, is another format's: what it may hold is for its own
// parser to judge.
func readYAML(r *report, path string, text []byte, verbatim string) *yaml.Node {
	r.keep(path, text)
	if len(text) > maxFileSize {
		r.errorf(Pos{File: path}, "is larger than the limit of 1 MiB; split it")
		return nil
	}
	if pos, what := unreadable(path, text); what != "" {
		r.errorf(pos, "%s", what)
		return nil
	}
	root, err := oneDocument(r, path, text, verbatim == everything)
	if err != nil {
		r.errorf(syntaxError(path, text, err))
	}
	if root == nil {
		return nil
	}
	t := tree{report: r, path: path, verbatim: verbatim, open: map[*yaml.Node]bool{}}
	if flat := t.flatten(root, 1, "", verbatim == everything, false); !t.stopped {
		return flat
	}
	return nil
}

// oneDocument returns the root of the only document of text. The error is the parser's.
// Of a foreign file it takes the first document, as Prometheus does, which may be empty.
func oneDocument(r *report, path string, text []byte, foreign bool) (*yaml.Node, error) {
	var doc, next yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(text))
	err := dec.Decode(&doc)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	root := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Line: 1, Column: 1}
	if err == nil {
		root = doc.Content[0]
	}
	if foreign {
		return root, nil
	}
	pos := Pos{path, root.Line, root.Column}
	switch {
	case root.Kind == yaml.ScalarNode && root.Tag == "!!null":
		r.errorf(Pos{path, 1, 1}, "there is nothing in the file; write at least config: and tests:")
		return nil, nil
	case root.Kind != yaml.MappingNode:
		r.errorf(pos, "the file is %s; write a mapping with config: and tests:", kindOf(root))
		return nil, nil
	}
	switch err := dec.Decode(&next); {
	case err == nil:
		r.errorf(Pos{path, next.Line, next.Column}, "a second document begins; write one document a file")
		return nil, nil
	case !errors.Is(err, io.EOF):
		return nil, err
	}
	return root, nil
}

// A tree makes a document plain: every alias becomes a copy of what it stands for.
type tree struct {
	*report
	path     string
	verbatim string
	aliased  int                 // nodes reached through aliases so far
	bytes    int                 // of their text
	open     map[*yaml.Node]bool // what stands for an alias just now
	stopped  bool                // by a limit
}

// flatten returns n, the value of the field under, without aliases.
func (t *tree) flatten(n *yaml.Node, depth int, under string, foreign, aliased bool) *yaml.Node {
	pos := Pos{t.path, n.Line, n.Column}
	if t.stopped {
		return n
	}
	if n.Kind == yaml.AliasNode {
		n, aliased = n.Alias, true
		if t.open[n] {
			t.errorf(pos, "the alias *%s stands inside what it stands for; write that out", n.Anchor)
			t.stopped = true
			return n
		}
		t.open[n] = true
		defer delete(t.open, n)
	}
	if aliased {
		t.aliased++
		t.bytes += len(n.Value)
	} else {
		pos = Pos{t.path, n.Line, n.Column}
	}
	switch {
	case depth > maxDepth:
		t.errorf(pos, "lists and mappings are nested deeper than the limit of %d; write it flatter", maxDepth)
		t.stopped = true
		return n
	case t.aliased > maxAliased:
		t.errorf(pos, "aliases stand for more than the limit of %d nodes; write out what is needed", maxAliased)
		t.stopped = true
		return n
	case t.bytes > maxAliasedBytes:
		t.errorf(pos, "aliases stand for more than the limit of %d MiB of text; write out what is needed", maxAliasedBytes>>20)
		t.stopped = true
		return n
	case n.Style&yaml.TaggedStyle != 0 && !foreign:
		t.errorf(pos, "the tag %s means nothing here; leave it out", n.Tag)
	}
	flat := *n
	flat.Anchor, flat.Alias = "", nil
	flat.HeadComment, flat.LineComment, flat.FootComment = "", "", ""
	flat.Content = make([]*yaml.Node, 0, len(n.Content))
	if n.Kind != yaml.MappingNode {
		for _, c := range n.Content {
			flat.Content = append(flat.Content, t.flatten(c, depth+1, under, foreign, aliased))
		}
		return &flat
	}
	first := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := t.flatten(n.Content[i], depth+1, "", foreign, aliased)
		below := foreign || key.Value == t.verbatim && (depth == 1 || under == "reload")
		value := t.flatten(n.Content[i+1], depth+1, key.Value, below, aliased)
		if !foreign && !t.key(key, first) {
			continue
		}
		flat.Content = append(flat.Content, key, value)
	}
	return &flat
}

// key says whether key may stand in a mapping whose keys so far are in first, with their lines.
func (t *tree) key(key *yaml.Node, first map[string]int) bool {
	pos := Pos{t.path, key.Line, key.Column}
	switch line, twice := first[key.Value]; {
	case key.Kind != yaml.ScalarNode:
		t.errorf(pos, "%s cannot be the name of a field; write a word", kindOf(key))
	case key.Tag == "!!merge":
		t.errorf(pos, "merging with << is not supported; write the fields out, or use an alias for the whole value")
	case twice:
		t.errorf(pos, "%q stands here a second time, first on line %d; remove one", key.Value, line)
	default:
		first[key.Value] = key.Line
		return true
	}
	return false
}

// unreadable finds the first byte that no YAML file may have.
func unreadable(path string, text []byte) (pos Pos, what string) {
	line, col := 1, 1
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return Pos{path, line, col}, fmt.Sprintf("byte 0x%02x is not UTF-8; save the file as UTF-8", text[i])
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', 0x7f <= r && r < 0xa0 && r != 0x85, r == 0xfffe, r == 0xffff:
			return Pos{path, line, col}, fmt.Sprintf("control character %U; write it as an escape in double quotes", r)
		}
		i += size
		col++
		if r == '\n' {
			line, col = line+1, 1
		}
	}
	return Pos{}, ""
}

var (
	yamlLine = regexp.MustCompile(`^yaml: (?:line (\d+): )?([\s\S]*)$`)
	// The grammar's errors, unlike the scanner's, count lines from 0.
	grammarError = regexp.MustCompile(`^did not find expected (<|node content|'-'|key|',')`)
	noAnchor     = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// syntaxError turns an error of the YAML parser into what errorf takes. The parser knows lines only, and not always;
// the column is that of the first thing on the line.
func syntaxError(path string, text []byte, err error) (pos Pos, format, msg string) {
	msg, line := err.Error(), 1
	if m := yamlLine.FindStringSubmatch(msg); m != nil {
		msg = m[2]
		if m[1] != "" {
			line, _ = strconv.Atoi(m[1])
			if grammarError.MatchString(msg) {
				line++
			}
		}
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	line = min(line, len(lines))
	pos = Pos{path, line, indent(lines[line-1]) + 1}
	if m := noAnchor.FindStringSubmatch(msg); m != nil {
		for i, l := range lines {
			if at := strings.Index(l, "*"+m[1]); at >= 0 {
				return Pos{path, i + 1, utf8.RuneCountInString(l[:at]) + 1}, "%s",
					fmt.Sprintf("no anchor &%s stands before this alias; write one, or quote the text", m[1])
			}
		}
	}
	for i := line; i <= min(line+1, len(lines)); i++ {
		if at := strings.IndexByte(lines[i-1][:indent(lines[i-1])], '\t'); at >= 0 {
			return Pos{path, i, at + 1}, "%s", "a tab indents this line; use spaces"
		}
	}
	return pos, "not YAML: %s; see the indentation, quotes and brackets here and above", msg
}

// indent is the number of blanks that a line begins with.
func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }

// kindOf says what a node is, in words.
func kindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case n.Tag == "!!null" && n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0:
		return "empty"
	}
	if n.Style == 0 && n.Tag != "!!str" {
		return shorten(n.Value)
	}
	return strconv.Quote(shorten(n.Value))
}

// shorten keeps a message on one line of a terminal.
func shorten(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}
