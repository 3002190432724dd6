package promfile

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// Inline parses configurations inside a scenario.
type Inline struct {
	*strictyaml.Report
	Path string // path of the scenario
	Text []byte // text of the scenario

	written *yaml.Node // the tree that outline returns
}

// cutOut returns the text of n, which must be the value of a top-level field. Everything before it is replaced by white
// space, so that Prometheus' parser counts lines and columns as the user does. ok is false if the text cannot be parsed
// on its own; that of a reload cannot.
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

// outline returns the tree of the scenario as it is written, with its aliases, or nil if the scenario cannot be parsed.
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

// span returns where n begins and on which line it ends. n must be a value in the mapping root; lines is the number of
// lines of the file. The parser does not record where a node ends, so n ends before the next top-level field. ok is
// false if n contains aliases or if the top level is written in braces.
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

// rewrite returns n as YAML text with one item per line. It also returns, for each line of that text, the nodes of n
// that are on it.
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

// blockStyle returns a copy of n that is written without braces and brackets.
func blockStyle(n *yaml.Node) *yaml.Node {
	block := *n
	block.Style &^= yaml.FlowStyle
	block.Content = make([]*yaml.Node, len(n.Content))
	for i, c := range n.Content {
		block.Content[i] = blockStyle(c)
	}
	return &block
}

// pair adds to lines each node of n, by the line of its copy in rewritten.
func pair(rewritten, n *yaml.Node, lines map[int][]*yaml.Node) {
	if rewritten.Kind != n.Kind || len(rewritten.Content) != len(n.Content) {
		return
	}
	lines[rewritten.Line] = append(lines[rewritten.Line], n)
	for i := range rewritten.Content {
		pair(rewritten.Content[i], n.Content[i], lines)
	}
}
