package strictyaml

import "go.yaml.in/yaml/v3"

// An expansion replaces each alias in a document by a copy of the node that it refers to, and checks the keys of
// mappings.
type expansion struct {
	*Report
	path    string
	format  Format
	aliased int                 // nodes reached through aliases so far
	bytes   int                 // bytes of text reached through aliases so far
	open    map[*yaml.Node]bool // the nodes whose aliases are being expanded
	stopped bool                // a limit was exceeded
}

// expand returns a copy of n, a value of the field parent, without aliases. aliased says that n was reached through an
// alias.
func (x *expansion) expand(n *yaml.Node, depth int, parent string, foreign, aliased bool) *yaml.Node {
	pos := At(x.path, n)
	if x.stopped {
		return n
	}
	if n.Kind == yaml.AliasNode {
		n, aliased = n.Alias, true
		if x.open[n] {
			x.Errorf(pos, "the alias *%s is inside the value that it refers to; write the value out", n.Anchor)
			x.stopped = true
			return n
		}
		x.open[n] = true
		defer delete(x.open, n)
	}
	if aliased {
		x.aliased++
		x.bytes += len(n.Value)
	} else {
		pos = At(x.path, n)
	}
	if x.beyondLimits(pos, depth) {
		return n
	}
	if n.Style&yaml.TaggedStyle != 0 && !foreign {
		x.Errorf(pos, "the tag %s is not allowed here; leave it out", n.Tag)
	}
	plain := *n
	plain.Anchor, plain.Alias = "", nil
	plain.HeadComment, plain.LineComment, plain.FootComment = "", "", ""
	plain.Content = make([]*yaml.Node, 0, len(n.Content))
	if n.Kind == yaml.MappingNode {
		x.fields(&plain, n, depth, parent, foreign, aliased)
		return &plain
	}
	for _, c := range n.Content {
		plain.Content = append(plain.Content, x.expand(c, depth+1, parent, foreign, aliased))
	}
	return &plain
}

// fields expands the keys and values of the mapping n into plain.
func (x *expansion) fields(plain, n *yaml.Node, depth int, parent string, foreign, aliased bool) {
	first := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := x.expand(n.Content[i], depth+1, parent, foreign, aliased)
		below := foreign || x.format.Foreign != nil && x.format.Foreign(parent, key.Value)
		value := x.expand(n.Content[i+1], depth+1, key.Value, below, aliased)
		if !foreign && !x.key(key, first) {
			continue
		}
		plain.Content = append(plain.Content, key, value)
	}
}

// beyondLimits reports the first node that exceeds a limit, and stops the expansion there.
func (x *expansion) beyondLimits(pos Pos, depth int) bool {
	switch {
	case depth > maxDepth:
		x.Errorf(pos, "lists and mappings are nested deeper than the limit of %d; nest them less", maxDepth)
	case x.aliased > maxAliased:
		x.Errorf(pos, "aliases expand to more than the limit of %d nodes; use fewer aliases", maxAliased)
	case x.bytes > maxAliasedBytes:
		x.Errorf(pos, "aliases expand to more than the limit of %d MiB of text; use fewer aliases",
			maxAliasedBytes>>20)
	default:
		return false
	}
	x.stopped = true
	return true
}

// key checks a key of a mapping, and reports whether it is allowed. first has the line of each earlier key.
func (x *expansion) key(key *yaml.Node, first map[string]int) bool {
	pos := At(x.path, key)
	switch line, twice := first[key.Value]; {
	case key.Kind != yaml.ScalarNode:
		x.Errorf(pos, "%s cannot be the name of a field; write a word", KindOf(key))
	case key.Tag == "!!merge":
		x.Errorf(pos,
			"merging with << is not supported; write the fields out, or use an alias for the whole value")
	case twice:
		x.Errorf(pos, "%q is given twice, first on line %d; remove one", key.Value, line)
	default:
		first[key.Value] = key.Line
		return true
	}
	return false
}
