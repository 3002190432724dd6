package strictyaml

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// Scalar stores the value of n in *to, which must be a string, bool, int64, float64 or time.Duration. limits are
// "from..to", both included, in the notation of the value. Without limits, numbers must not be negative and durations
// must not exceed MaxDuration. The error says what to write instead.
func Scalar(n *yaml.Node, limits string, to any) (err error) {
	switch to := to.(type) {
	case *string:
		*to, err = n.Value, notScalar(n, "text")
	case *bool:
		*to, err = boolean(n)
	case *int64:
		*to, err = whole(n, limits)
	case *float64:
		*to, err = number(n, limits)
	case *time.Duration:
		*to, err = duration(n, limits)
	default:
		panic(fmt.Sprintf("strictyaml: cannot read a scalar into %T", to))
	}
	return err
}

// Unquoted returns advice to leave out the quotes, for a value that quotes turn into text. It is "" if n has no quotes.
func Unquoted(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode && n.Style != 0 {
		return ", without quotes"
	}
	return ""
}

func notScalar(n *yaml.Node, write string) error {
	if n.Kind != yaml.ScalarNode || Empty(n) {
		return errors.New(write)
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
	return false, errors.New("true or false" + Unquoted(n))
}

var digits = regexp.MustCompile(`^-?[0-9]+$`)

func whole(n *yaml.Node, limits string) (int64, error) {
	from, to := bounds(limits, 0, math.MaxInt64, func(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) })
	write := fmt.Errorf("a whole number from %d to %d%s", from, to, Unquoted(n))
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
		return 0, fmt.Errorf("a number from %s to %s%s", decimal(from), decimal(to), Unquoted(n))
	}
	return x, nil
}

// decimal formats a number without an exponent.
func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func duration(n *yaml.Node, limits string) (time.Duration, error) {
	from, to := bounds(limits, 0, MaxDuration, ParseDuration)
	if err := notScalar(n, "a duration such as 30s, 1h30m or 40us"); err != nil {
		return 0, err
	}
	x, err := ParseDuration(n.Value)
	switch {
	case err != nil:
		return 0, err
	case x < from || x > to:
		return 0, fmt.Errorf("a duration from %s to %s", FormatDuration(from), FormatDuration(to))
	}
	return x, nil
}

// bounds parses "from..to". If a number is absent, the result is the argument from or to.
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
