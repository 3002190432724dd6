package scenarios

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"go.yaml.in/yaml/v3"
)

// A value is a scalar and where it stands. The zero value was not given.
type value[T any] struct {
	V   T
	Pos Pos
	bad bool // given, and reported as wrong
}

func (v value[T]) given() bool { return v.Pos.Line > 0 }

// ok says that there is a value to check further.
func (v value[T]) ok() bool { return v.given() && !v.bad }

func (v *value[T]) decode(d decoder, f field, n *yaml.Node) {
	v.Pos = d.pos(n)
	var err error
	switch to := any(&v.V).(type) {
	case *string:
		*to, err = n.Value, notScalar(n, f.orElse("text"))
	case *bool:
		*to, err = boolean(n)
	case *int64:
		*to, err = whole(n, f.limits)
	case *float64:
		*to, err = number(n, f.limits)
	case *time.Duration:
		*to, err = duration(n, f.limits)
	default:
		panic(fmt.Sprintf("scenarios: no decoding for %T", v.V))
	}
	if err != nil {
		v.bad = true
		d.wrong(f, n, err.Error())
	}
}

// The readers of scalars return what to write as the error.

func notScalar(n *yaml.Node, want string) error {
	if n.Kind != yaml.ScalarNode || kindOf(n) == "empty" {
		return errors.New(want)
	}
	return nil
}

func boolean(n *yaml.Node) (bool, error) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!bool" && n.Style == 0 {
		switch strings.ToLower(n.Value) {
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
	}
	return false, errors.New("true or false" + unquoted(n))
}

// unquoted is what to say besides when quotes make text of a value.
func unquoted(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode && n.Style != 0 {
		return ", without quotes"
	}
	return ""
}

func plain(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

var digits = regexp.MustCompile(`^-?[0-9]+$`)

func whole(n *yaml.Node, limits string) (int64, error) {
	from, to := bounds(limits, 0, math.MaxInt64, func(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) })
	write := fmt.Errorf("a whole number from %d to %d%s", from, to, unquoted(n))
	if n.Kind != yaml.ScalarNode || n.Style != 0 || !digits.MatchString(n.Value) {
		return 0, write
	}
	x, err := strconv.ParseInt(n.Value, 10, 64)
	if err != nil || x < from || x > to {
		return 0, write
	}
	return x, nil
}

func number(n *yaml.Node, limits string) (float64, error) {
	from, to := bounds(limits, 0, math.MaxFloat64, func(s string) (float64, error) { return strconv.ParseFloat(s, 64) })
	x, err := strconv.ParseFloat(n.Value, 64)
	if n.Kind != yaml.ScalarNode || n.Style != 0 || err != nil || !(x >= from && x <= to) {
		return 0, fmt.Errorf("a number from %s to %s%s", plain(from), plain(to), unquoted(n))
	}
	return x, nil
}

func duration(n *yaml.Node, limits string) (time.Duration, error) {
	from, to := bounds(limits, 0, maxDuration, parseDuration)
	if err := notScalar(n, "a duration such as 30s, 1h30m or 40us"); err != nil {
		return 0, err
	}
	x, err := parseDuration(n.Value)
	switch {
	case err != nil:
		return 0, err
	case x < from || x > to:
		return 0, fmt.Errorf("a duration from %s to %s", formatDuration(from), formatDuration(to))
	}
	return x, nil
}

// parseDuration reads Prometheus' notation (1d12h) and Go's (1.5s, 40us).
func parseDuration(s string) (time.Duration, error) {
	if strings.HasPrefix(s, "-") {
		return 0, errors.New("a duration that is not negative")
	}
	x, err := model.ParseDuration(s)
	if err == nil {
		return time.Duration(x), nil
	}
	if strings.Contains(err.Error(), "out of range") {
		return math.MaxInt64, nil // which no limit allows
	}
	if x, err := time.ParseDuration(s); err == nil && !strings.HasPrefix(s, "+") {
		return x, nil
	}
	if digits.MatchString(s) {
		return 0, fmt.Errorf("a unit too, such as %ss or %[1]sm", shorten(s))
	}
	return 0, errors.New("a duration such as 30s, 1h30m or 40us")
}

// formatDuration spells a duration as Prometheus does where Prometheus can, and as Go does below the millisecond.
func formatDuration(d time.Duration) string {
	if d%time.Millisecond == 0 {
		return model.Duration(d).String()
	}
	return d.String()
}

// bounds reads "from..to", where either may be left out for the default.
func bounds[T any](limits string, from, to T, parse func(string) (T, error)) (T, T) {
	low, high, _ := strings.Cut(limits, "..")
	if x, err := parse(low); err == nil && low != "" {
		from = x
	}
	if x, err := parse(high); err == nil && high != "" {
		to = x
	}
	return from, to
}

// A list is one scalar or a list of them.
type list[T any] struct {
	Items []value[T]
	Pos   Pos
}

func (l list[T]) given() bool { return l.Pos.Line > 0 }

func (l *list[T]) decode(d decoder, f field, n *yaml.Node) {
	l.Pos = d.pos(n)
	if n.Kind == yaml.SequenceNode {
		d.decode(f, n, &l.Items)
		return
	}
	l.Items = make([]value[T], 1)
	d.decode(f, n, &l.Items[0])
}

// A dict is a mapping whose keys are the user's, in the order of the file.
type dict[T any] struct {
	Entries []entry[T]
	Pos     Pos
}

type entry[T any] struct {
	Key   string
	Pos   Pos // the key's
	Value T
}

func (m dict[T]) given() bool { return m.Pos.Line > 0 }

func (m *dict[T]) decode(d decoder, f field, n *yaml.Node) {
	m.Pos = d.pos(n)
	if n.Kind != yaml.MappingNode {
		d.wrong(f, n, f.orElse("a mapping, name: value"))
		return
	}
	m.Entries = make([]entry[T], len(n.Content)/2)
	for i := range m.Entries {
		key := n.Content[2*i]
		m.Entries[i].Key, m.Entries[i].Pos = key.Value, d.pos(key)
		d.decode(field{name: key.Value, limits: f.limits}, n.Content[2*i+1], &m.Entries[i].Value)
	}
}

// raw is a node that is judged elsewhere.
type raw struct {
	Node *yaml.Node
	Pos  Pos
}

func (r raw) given() bool { return r.Node != nil }

func (r *raw) decode(d decoder, _ field, n *yaml.Node) { r.Node, r.Pos = n, d.pos(n) }
