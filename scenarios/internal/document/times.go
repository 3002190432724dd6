package document

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A Window is a range of time [from, to], both included.
type Window struct {
	Pos      strictyaml.Pos
	From, To duration
}

// Decode implements strictyaml.Decodable.
func (w *Window) Decode(d strictyaml.Decoder, f strictyaml.FieldSpec, n *yaml.Node) {
	w.Pos = d.Pos(n)
	if n.Kind != yaml.SequenceNode || len(n.Content) != 2 {
		d.Errorf(w.Pos, "%s is not a list of two durations; write one such as [0s, 10m]", f.Name)
		return
	}
	d.Decode(f, n.Content[0], &w.From)
	d.Decode(f, n.Content[1], &w.To)
}

// latest is the latest time that an Instant may have. It leaves room for the duration of a test within Prometheus'
// times.
var latest = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)

// An Instant is a time from 1970 on, written as RFC 3339 or in seconds since 1970.
type Instant struct{ strictyaml.Value[time.Time] }

// Decode implements strictyaml.Decodable.
func (v *Instant) Decode(d strictyaml.Decoder, f strictyaml.FieldSpec, n *yaml.Node) {
	v.Pos = d.Pos(n)
	at, err := time.Parse(time.RFC3339Nano, n.Value)
	seconds, notNumber := strconv.ParseFloat(n.Value, 64)
	if notNumber == nil && seconds >= 0 && seconds <= float64(latest.Unix()) {
		whole, part := math.Modf(seconds)
		at, err = time.Unix(int64(whole), int64(part*1e9)), nil
	}
	at = at.Truncate(time.Millisecond).UTC()
	if n.Kind != yaml.ScalarNode || err != nil || at.Unix() < 0 || at.After(latest) {
		v.Invalid = true
		d.Wrong(f, n, "an instant from 1970 to 2200, such as 2026-01-31T12:00:00Z or 1769860800")
		return
	}
	v.V = at
}

// A Period is the time between two events. It is constant or, with Exponential, the mean of exponentially distributed
// times.
type Period struct {
	strictyaml.Value[time.Duration]
	Exponential bool
}

// periodForms are the ways to write a distribution of times.
type periodForms struct {
	strictyaml.Mapping
	Exponential *struct {
		Mean duration `yaml:"mean" limits:"1ms..366d" required:"write the mean, such as mean: 5m"`
	} `yaml:"exponential" required:"write exponential: {mean: 5m}"`
}

// Decode implements strictyaml.Decodable.
func (p *Period) Decode(d strictyaml.Decoder, f strictyaml.FieldSpec, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		p.Value.Decode(d, f, n)
		return
	}
	var forms periodForms
	d.Decode(f, n, &forms)
	if p.Exponential = forms.Exponential != nil; p.Exponential {
		p.Value = forms.Exponential.Mean
	}
}

// Seeds are a number, or a range of numbers as text.
type Seeds struct{ strictyaml.Value[string] }

// SeedsPattern is a regular expression for Seeds. Its groups are the first number and, for a range, the last.
const SeedsPattern = `^([0-9]{1,19})(?:-([0-9]{1,19}))?$`

// Decode implements strictyaml.Decodable.
func (s *Seeds) Decode(d strictyaml.Decoder, f strictyaml.FieldSpec, n *yaml.Node) {
	if n.Kind == yaml.SequenceNode {
		s.Pos, s.Invalid = d.Pos(n), true
		d.Wrong(f, n, seedsOfList(n))
		return
	}
	s.Value.Decode(d, f, n)
}

// seedsOfList returns the range to write instead of a list of seeds, if there is one with exactly these seeds.
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
