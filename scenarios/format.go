package scenarios

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios/internal/document"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

const cannotFormat = "cannot be formatted without changing its content or losing a comment; it stays as it is"

// Format formats a scenario file. It indents each level by two spaces, lists inside their fields too, reduces several
// blank lines to one, and puts two spaces before a comment at the end of a line. Words, their order, quotes, braces and
// comments stay. A value in braces or brackets that extends over several lines is written without them. Formatting the
// result again changes nothing. The file must be YAML, but need not be a valid scenario. Errors are of type Errors.
func Format(path string, text []byte) ([]byte, error) {
	r := &strictyaml.Report{Path: path}
	if document.Read(r, path, text); r.Err() != nil {
		return nil, r.Err()
	}
	text = bytes.TrimPrefix(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("\ufeff"))
	out := text
	for range 3 { // when braces are removed, comments may move in the second pass
		next, err := format(out)
		if err != nil || !sameContent(text, next) {
			return nil, Errors{{Pos: Pos{File: path}, Msg: cannotFormat}}
		}
		if bytes.Equal(next, out) {
			return out, nil
		}
		out = next
	}
	return nil, Errors{{Pos: Pos{File: path}, Msg: cannotFormat}}
}

// blankMark stands for a blank line while the text is parsed as a tree.
const blankMark = "#\u00a0blank line\u00a0#"

// format formats the text in one pass.
func format(text []byte) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	if err := yaml.Unmarshal([]byte(markBlanks(lines, blockStarts(&doc))), &doc); err != nil {
		return nil, err
	}
	comments := map[string]bool{}
	for n := range strictyaml.All(&doc) {
		if c := n.LineComment; c != "" {
			comments[c] = true
		}
		if n.Style&yaml.FlowStyle != 0 && len(n.Content) > 0 && lastLine(n) > n.Line {
			n.Style &^= yaml.FlowStyle
		}
	}
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(&doc); err != nil {
		return nil, err
	}
	return []byte(tidyLines(b.String(), comments)), nil
}

// tidyLines restores blank lines, and aligns the comments at the ends of lines.
func tidyLines(text string, comments map[string]bool) string {
	type line struct{ code, comment string }
	var lines []line
	for l := range strings.Lines(text) {
		l = strings.TrimRight(l, " \n")
		if strings.TrimSpace(l) == blankMark {
			l = ""
		}
		code, comment := l, ""
		for at := 1; at < len(l); at++ {
			if l[at] == '#' && l[at-1] == ' ' && comments[l[at:]] && strings.TrimSpace(l[:at]) != "" {
				code, comment = strings.TrimRight(l[:at], " "), l[at:]
				break
			}
		}
		if l != "" || len(lines) > 0 && lines[len(lines)-1].code != "" {
			lines = append(lines, line{code, comment})
		}
	}
	var b strings.Builder
	column := 0
	for i, l := range lines {
		if l.comment == "" {
			column = 0
			b.WriteString(l.code + "\n")
			continue
		}
		if column == 0 {
			for j := i; j < len(lines) && lines[j].comment != ""; j++ {
				column = max(column, utf8.RuneCountInString(lines[j].code)+2)
			}
		}
		b.WriteString(l.code + strings.Repeat(" ", column-utf8.RuneCountInString(l.code)) + l.comment + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// blockStarts returns the lines on which an entry of a mapping or list without braces or brackets begins.
func blockStarts(doc *yaml.Node) map[int]bool {
	starts := map[int]bool{}
	for n := range strictyaml.All(doc) {
		for i, c := range n.Content {
			if n.Style&yaml.FlowStyle == 0 && (n.Kind == yaml.SequenceNode || n.Kind == yaml.MappingNode && i%2 == 0) {
				starts[c.Line] = true
			}
		}
	}
	return starts
}

// markBlanks replaces blank lines before an entry, or before its comment, by comments, because the parser keeps only
// those.
func markBlanks(lines []string, starts map[int]bool) string {
	out := slices.Clone(lines)
	for i, line := range lines {
		if strings.TrimSpace(line) != "" {
			continue
		}
		next := i + 1
		for next < len(lines) && blankOrComment(lines[next]) {
			next++
		}
		if next < len(lines) && starts[next+1] {
			out[i] = lines[next][:strictyaml.Indent(lines[next])] + blankMark
		}
	}
	return strings.Join(out, "\n") + "\n"
}

func blankOrComment(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || strings.HasPrefix(line, "#")
}

// lastLine returns the last line on which n or a node below it begins.
func lastLine(n *yaml.Node) (last int) {
	for c := range strictyaml.All(n) {
		last = max(last, c.Line)
	}
	return last
}

// sameContent reports whether two texts have the same content and the same comments.
func sameContent(a, b []byte) bool {
	var x, y yaml.Node
	if yaml.Unmarshal(a, &x) != nil || yaml.Unmarshal(b, &y) != nil || !sameNodes(&x, &y) {
		return false
	}
	return slices.Equal(commentsOf(&x), commentsOf(&y))
}

func sameNodes(x, y *yaml.Node) bool {
	if x.Kind != y.Kind || x.Tag != y.Tag || x.Value != y.Value || x.Anchor != y.Anchor {
		return false
	}
	return slices.EqualFunc(x.Content, y.Content, sameNodes)
}

// commentsOf returns the lines of all comments. They are sorted, since the parser may attach a comment to another node.
func commentsOf(doc *yaml.Node) []string {
	var lines []string
	for n := range strictyaml.All(doc) {
		for line := range strings.Lines(fmt.Sprintf("%s\n%s\n%s", n.HeadComment, n.LineComment, n.FootComment)) {
			if line = strings.TrimSpace(line); line != "" {
				lines = append(lines, line)
			}
		}
	}
	slices.Sort(lines)
	return lines
}
