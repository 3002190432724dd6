package plan

import (
	"errors"
	"fmt"
	"math"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/scenarios"
)

// grid returns the variants of a sweep over two axes: for each value of the first axis all values of the second. All
// other inputs are those of base.
func grid(sweep []Axis, base Variant) ([]Variant, error) {
	switch len(sweep) {
	case 0:
		return nil, nil
	case 2:
	default:
		return nil, fmt.Errorf("a sweep over %s; write two", text.Count(len(sweep), "input"))
	}
	first, second := inputNamed(sweep[0].Input), inputNamed(sweep[1].Input)
	if first == nil || second == nil || first == second {
		return nil, errors.New("a sweep is over two different inputs")
	}
	var list []Variant
	for _, x := range sweep[0].Values {
		for _, y := range sweep[1].Values {
			v := base
			first.set(&v, x)
			second.set(&v, y)
			list = append(list, v)
		}
	}
	return list, nil
}

// shifts returns the variants of the sensitivity: for each of shiftInputs, one with half and one with double the value
// that it has at origin. All other inputs are those of base.
func shifts(f *scenarios.File, origin point, base Variant) []Variant {
	var list []Variant
	for _, in := range shiftInputs() {
		for _, by := range []float64{0.5, 2} {
			v := base
			in.set(&v, shifted(f, origin, in, by))
			list = append(list, v)
		}
	}
	return list
}

// shiftInputs returns the inputs of the sensitivity: all except the capacity.
func shiftInputs() []input {
	var list []input
	for _, in := range inputs {
		if in.name != capacityInput {
			list = append(list, in)
		}
	}
	return list
}

// shifted returns the value of an input at origin multiplied by the factor by. For an input that is itself a factor,
// that is by.
func shifted(f *scenarios.File, origin point, in input, by float64) float64 {
	switch in.name {
	case "batch-size":
		return max(math.Round(by*float64(batchSize(f, origin))), 1)
	case "timeout":
		return math.Round(by * float64(longestTimeout(f)))
	case "resend-delay":
		return max(math.Round(by*float64(f.Flags.ResendDelay)), 1)
	}
	return by
}
