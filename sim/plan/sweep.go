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

// An Axis is an input and the values that it takes in a sweep. Times are nanoseconds.
type Axis struct {
	Input  string    `json:"input"`
	Values []float64 `json:"values"`
}

// An input is something of a scenario that can be changed.
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

// maxAxis is the most values of an axis.
const maxAxis = 200

var spacing = regexp.MustCompile(`^(.+)\.\.(.+)/([0-9]{1,6})$`)

// ParseAxis reads an input and its values: "latency=x0.5,x1,x2", "batch-size=64,256", or so many between two, evenly by their ratio:
// "alerts=x0.1..x10/20".
func ParseAxis(s string) (Axis, error) {
	name, text, _ := strings.Cut(s, "=")
	in := inputNamed(name)
	if in == nil {
		var names []string
		for _, in := range inputs {
			names = append(names, in.name)
		}
		return Axis{}, fmt.Errorf("%q is not an input; write one of %s, such as latency=x0.5,x1,x2", name, strings.Join(names, ", "))
	}
	a := Axis{Input: name}
	if m := spacing.FindStringSubmatch(text); m != nil {
		from, err1 := in.parse(m[1])
		to, err2 := in.parse(m[2])
		n, _ := strconv.Atoi(m[3])
		if err := errors.Join(err1, err2); err != nil {
			return a, err
		}
		if n < 2 || n > maxAxis {
			return a, fmt.Errorf("%s: %d values; write 2 to %d", name, n, maxAxis)
		}
		for i := range n {
			x := from * math.Pow(to/from, float64(i)/float64(n-1))
			if in.unit == factor {
				x, _ = strconv.ParseFloat(strconv.FormatFloat(x, 'g', 3, 64), 64)
			} else {
				x = math.Round(x)
			}
			a.Values = append(a.Values, x)
		}
		a.Values = slices.Compact(a.Values)
		return a, nil
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

// parse reads one value.
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

// label writes a value as ParseAxis reads it.
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

// grid returns the points of the sweep, the second axis turning faster.
func (s *Study) grid() ([]Variant, error) {
	switch len(s.Sweep) {
	case 0:
		return nil, nil
	case 2:
	default:
		return nil, fmt.Errorf("a sweep over %d inputs; write two", len(s.Sweep))
	}
	a, b := s.Sweep[0], s.Sweep[1]
	first, second := inputNamed(a.Input), inputNamed(b.Input)
	if first == nil || second == nil || first == second {
		return nil, errors.New("a sweep is over two different inputs")
	}
	var list []Variant
	for _, x := range a.Values {
		for _, y := range b.Values {
			var v Variant
			first.set(&v, x)
			second.set(&v, y)
			if v.BatchSize == 0 && len(s.BatchSizes) > 0 {
				v.BatchSize = s.BatchSizes[0]
			}
			list = append(list, v)
		}
	}
	return list, nil
}

// shifts returns the points of the sensitivity: every input but the capacity at half and at double of what it is.
func (s *Study) shifts() []Variant {
	if !s.Sensitivity {
		return nil
	}
	var list []Variant
	for _, in := range inputs {
		if in.name == capacityInput {
			continue
		}
		for _, by := range []float64{0.5, 2} {
			var v Variant
			if len(s.BatchSizes) > 0 {
				v.BatchSize = s.BatchSizes[0]
			}
			in.set(&v, s.shifted(in, by))
			list = append(list, v)
		}
	}
	return list
}

// shifted is so many times what an input is.
func (s *Study) shifted(in input, by float64) float64 {
	switch in.name {
	case "batch-size":
		size := s.batchSize(s.points[s.origin].release, s.points[s.origin].Variant)
		return max(math.Round(by*float64(size)), 1)
	case "timeout":
		return math.Round(by * float64(s.timeout()))
	case "resend-delay":
		return max(math.Round(by*float64(s.file.Flags.ResendDelay)), 1)
	}
	return by
}
