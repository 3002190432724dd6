package promfile

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// Inline reads configurations inside a scenario.
type Inline struct {
	*strictyaml.Report
	Path string // of the scenario
	Text []byte // of the scenario

	written *yaml.Node // see outline
}

// cutOut returns the text of n, the value of a top-level field, with blanks for all that is before it, so that
// Prometheus' parser counts lines as the user does. It is not ok if the text cannot stand alone, such as that of a
// reload.
func (in *Inline) cutOut(n *yaml.Node) (cut string, ok bool) {
	src := string(in.Text)
	lines := strings.SplitAfter(src, "\n")
	oddBreaks := strings.ContainsAny(strings.ReplaceAll(src, "\r\n", "\n"), "\r\u0085\u2028\u2029\ufeff")
	start, end, ok := span(in.outline(), bytes.Count(in.Text, []byte("\n"))+1, n)
	if !ok || oddBreaks {
		return "", false
	}
	var b strings.Builder
	b.WriteString(strings.Repeat("\n", start.Line-1))
	for i := start.Line - 1; i < end; i++ {
		line := lines[i]
		if i == start.Line-1 {
			before := []rune(line)[:start.Col-1]
			b.WriteString(strings.Repeat(" ", len(before)))
			line = string([]rune(line)[start.Col-1:])
		}
		b.WriteString(line)
	}
	return b.String(), true
}

// outline is the scenario as it is written, with its aliases; nil if it cannot be read.
func (in *Inline) outline() *yaml.Node {
	if in.written == nil {
		in.written = &yaml.Node{}
		if yaml.Unmarshal(in.Text, in.written) != nil {
			in.written = &yaml.Node{}
		}
	}
	if len(in.written.Content) == 0 {
		return nil
	}
	return in.written.Content[0]
}

// span returns where n begins, a value of the mapping root, and on which line it ends, of lines. The parser keeps no
// ends: n ends before the next top-level field. It is not ok if aliases are part of n, or the top level is in braces.
func span(root *yaml.Node, lines int, n *yaml.Node) (start strictyaml.Pos, end int, ok bool) {
	if root == nil || root.Style&yaml.FlowStyle != 0 {
		return start, 0, false
	}
	end = lines
	for i := 0; i+1 < len(root.Content); i += 2 {
		if v := root.Content[i+1]; v.Line == n.Line && v.Column == n.Column {
			if i+2 < len(root.Content) {
				end = root.Content[i+2].Line - 1
			}
			return strictyaml.Pos{Line: v.Line, Col: v.Column}, end, !aliased(v)
		}
	}
	return start, 0, false
}

func aliased(n *yaml.Node) bool {
	for c := range strictyaml.All(n) {
		if c.Kind == yaml.AliasNode {
			return true
		}
	}
	return false
}

// rewrite writes n out, a line an item. It returns the text and, by its lines, the nodes of n that are there.
func rewrite(n *yaml.Node) (text string, lines map[int][]*yaml.Node) {
	b, err := yaml.Marshal(blockStyle(n))
	if err != nil {
		return "", nil
	}
	lines = map[int][]*yaml.Node{}
	var again yaml.Node
	if yaml.Unmarshal(b, &again) == nil && len(again.Content) == 1 {
		pair(again.Content[0], n, lines)
	}
	return string(b), lines
}

// blockStyle returns a copy of n without braces and brackets.
func blockStyle(n *yaml.Node) *yaml.Node {
	block := *n
	block.Style &^= yaml.FlowStyle
	block.Content = make([]*yaml.Node, len(n.Content))
	for i, c := range n.Content {
		block.Content[i] = blockStyle(c)
	}
	return &block
}

// pair adds to lines, by the lines of the rewritten nodes, the nodes of which they are copies.
func pair(rewritten, n *yaml.Node, lines map[int][]*yaml.Node) {
	if rewritten.Kind != n.Kind || len(rewritten.Content) != len(n.Content) {
		return
	}
	lines[rewritten.Line] = append(lines[rewritten.Line], n)
	for i := range rewritten.Content {
		pair(rewritten.Content[i], n.Content[i], lines)
	}
}
