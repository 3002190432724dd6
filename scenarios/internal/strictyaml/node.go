package strictyaml

import (
	"iter"
	"slices"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// At returns the position of a node in a file.
func At(file string, n *yaml.Node) Pos { return Pos{file, n.Line, n.Column} }

// KindOf returns a description of a node: "a mapping", "a list", "empty", or the text of a scalar.
func KindOf(n *yaml.Node) string {
	switch {
	case n.Kind == yaml.MappingNode:
		return "a mapping"
	case n.Kind == yaml.SequenceNode:
		return "a list"
	case Empty(n):
		return "empty"
	}
	if n.Style == 0 && n.Tag != "!!str" {
		return Shorten(n.Value)
	}
	return strconv.Quote(Shorten(n.Value))
}

// Empty reports whether a node is null. A field without a value is.
func Empty(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Tag == "!!null" && n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0
}

// Shorten shortens text for a message, so that the message fits on one line of a terminal.
func Shorten(s string) string {
	const longest = 60 // characters
	if utf8.RuneCountInString(s) <= longest {
		return s
	}
	return string([]rune(s)[:longest]) + "…"
}

// All returns an iterator over n and all nodes below it, in the order of the file.
func All(n *yaml.Node) iter.Seq[*yaml.Node] {
	return func(yield func(*yaml.Node) bool) { walk(n, yield) }
}

func walk(n *yaml.Node, yield func(*yaml.Node) bool) bool {
	return yield(n) && !slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return !walk(c, yield) })
}

// Lookup returns the value of a key in a mapping, or nil if n is not a mapping or does not have the key.
func Lookup(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// Items returns the items of a list, or nil if n is not a list.
func Items(n *yaml.Node) []*yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode {
		return nil
	}
	return n.Content
}
