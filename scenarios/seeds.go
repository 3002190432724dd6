package scenarios

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A seedsDoc is a number or a range, as text.
type seedsDoc struct{ strictyaml.Value[string] }

func (s *seedsDoc) Decode(d strictyaml.Decoder, f strictyaml.FieldSpec, n *yaml.Node) {
	if n.Kind == yaml.SequenceNode {
		s.Pos, s.Invalid = d.Pos(n), true
		d.Wrong(f, n, seedsOfList(n))
		return
	}
	s.Value.Decode(d, f, n)
}

// seedsOfList returns the range to write for a list of seeds, if that means the same.
func seedsOfList(n *yaml.Node) string {
	const example = "a number or a range such as 1-20"
	var list []int64
	for _, item := range n.Content {
		var x int64
		if strictyaml.Scalar(item, "", &x) != nil {
			return example
		}
		list = append(list, x)
	}
	slices.Sort(list)
	list = slices.Compact(list)
	switch last := len(list) - 1; {
	case last < 0:
		return example
	case last == 0:
		return fmt.Sprint(list[0])
	case list[last]-list[0] == int64(last):
		return fmt.Sprintf("%d-%d", list[0], list[last])
	}
	return fmt.Sprintf("a range such as %d-%d, or a test for each", list[0], list[len(list)-1])
}

var seedRange = regexp.MustCompile(`^([0-9]{1,19})(?:-([0-9]{1,19}))?$`)

// ParseSeeds reads a seed or a range of seeds, such as "7" or "1-20".
func ParseSeeds(s string) (Seeds, error) {
	m := seedRange.FindStringSubmatch(s)
	if m == nil {
		return Seeds{1, 1}, fmt.Errorf("%q; write a number or a range such as 1-20", strictyaml.Shorten(s))
	}
	from, err1 := strconv.ParseUint(m[1], 10, 64)
	to, err2 := strconv.ParseUint(cmp.Or(m[2], m[1]), 10, 64)
	switch {
	case err1 != nil || err2 != nil:
		return Seeds{1, 1}, fmt.Errorf("%q; write numbers below 10^19", s)
	case from > to:
		return Seeds{1, 1}, fmt.Errorf("%q, which goes down; write %d-%d", s, to, from)
	case to-from >= maxSeeds:
		return Seeds{1, 1}, fmt.Errorf("%q, more than the limit of %d; write %d-%d", s, maxSeeds, from, from+maxSeeds-1)
	}
	return Seeds{from, to}, nil
}
