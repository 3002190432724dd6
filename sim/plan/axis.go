package plan

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

// An Axis is an input of a sweep and the values that it takes. Durations are in nanoseconds.
type Axis struct {
	Input  string    `json:"input"`
	Values []float64 `json:"values"`
}

// An input is a quantity of a scenario that a variant can change.
type input struct {
	name string
	unit inputUnit
	set  func(v *Variant, x float64)
}

type inputUnit uint8

const (
	factor inputUnit = iota
	alerts
	duration
)

var inputs = []input{
	{"alerts", factor, func(v *Variant, x float64) { v.Alerts = x }},
	{"latency", factor, func(v *Variant, x float64) { v.Latency = x }},
	{"outage", factor, func(v *Variant, x float64) { v.Outage = x }},
	{"batch-size", alerts, func(v *Variant, x float64) { v.BatchSize = int(x) }},
	{"timeout", duration, func(v *Variant, x float64) { v.Timeout = time.Duration(x) }},
	{"resend-delay", duration, func(v *Variant, x float64) { v.ResendDelay = time.Duration(x) }},
	{"capacity", alerts, func(v *Variant, x float64) { v.Capacity = int(x) }},
}

const capacityInput = "capacity"

func inputNamed(name string) *input {
	i := slices.IndexFunc(inputs, func(in input) bool { return in.name == name })
	if i < 0 {
		return nil
	}
	return &inputs[i]
}

// maxAxis is the largest number of values of an axis.
const maxAxis = 200

var spacing = regexp.MustCompile(`^(.+)\.\.(.+)/([0-9]{1,6})$`)

// ParseAxis reads an input and its values: "latency=x0.5,x1,x2", "batch-size=64,256", or "alerts=x0.1..x10/20" for 20
// values from 0.1 to 10 times with equal ratios.
func ParseAxis(s string) (Axis, error) {
	name, text, _ := strings.Cut(s, "=")
	in := inputNamed(name)
	if in == nil {
		var names []string
		for _, in := range inputs {
			names = append(names, in.name)
		}
		return Axis{}, fmt.Errorf("%q is not an input; write one of %s, such as latency=x0.5,x1,x2",
			name, strings.Join(names, ", "))
	}
	a := Axis{Input: name}
	if m := spacing.FindStringSubmatch(text); m != nil {
		var err error
		a.Values, err = in.spaced(m[1], m[2], m[3])
		return a, err
	}
	for word := range strings.SplitSeq(text, ",") {
		x, err := in.parse(word)
		if err != nil {
			return a, err
		}
		a.Values = append(a.Values, x)
	}
	if len(a.Values) > maxAxis {
		return a, fmt.Errorf("%s: %d values; write at most %d", name, len(a.Values), maxAxis)
	}
	return a, nil
}

// spaced returns n values from first to last; the ratio of each to the one before is the same.
func (in *input) spaced(first, last, n string) ([]float64, error) {
	from, err1 := in.parse(first)
	to, err2 := in.parse(last)
	if err := errors.Join(err1, err2); err != nil {
		return nil, err
	}
	count, _ := strconv.Atoi(n)
	if count < 2 || count > maxAxis {
		return nil, fmt.Errorf("%s: %d values; write 2 to %d", in.name, count, maxAxis)
	}
	var values []float64
	for i := range count {
		x := from * math.Pow(to/from, float64(i)/float64(count-1))
		if in.unit == factor {
			x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', 3, 64), 64)
		} else {
			x = math.Round(x)
		}
		values = append(values, x)
	}
	return slices.Compact(values), nil
}

// parse reads one value of the input as the command line has it.
func (in *input) parse(s string) (float64, error) {
	wrong := func(write string) (float64, error) { return 0, fmt.Errorf("%s=%q; write %s", in.name, s, write) }
	switch in.unit {
	case factor:
		x, err := strconv.ParseFloat(strings.TrimPrefix(s, "x"), 64)
		if !strings.HasPrefix(s, "x") || err != nil || !(x >= 0.001 && x <= 1000) {
			return wrong("a factor from x0.001 to x1000, such as x2")
		}
		return x, nil
	case duration:
		d, err := model.ParseDuration(s)
		if err != nil || d < model.Duration(time.Millisecond) || d > model.Duration(24*time.Hour) {
			return wrong("a duration from 1ms to 1d, such as 5s")
		}
		return float64(d), nil
	default:
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > 10_000_000 {
			return wrong("a whole number of alerts from 1 to 10000000")
		}
		return float64(n), nil
	}
}

// label writes the i-th value in the form that ParseAxis reads.
func (a Axis) label(i int) string {
	x := a.Values[i]
	switch inputNamed(a.Input).unit {
	case factor:
		return "x" + strconv.FormatFloat(x, 'g', 3, 64)
	case duration:
		return spell(time.Duration(x))
	}
	return strconv.Itoa(int(x))
}
