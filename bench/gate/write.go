package gate

import (
	"bytes"
	"fmt"
	"os"
	"slices"

	"golang.org/x/perf/benchfmt"
)

// write writes the results of f to the file at path.
func (f *File) write(path string) error {
	var b bytes.Buffer
	f.encode(&b)
	return os.WriteFile(path, b.Bytes(), 0o666)
}

// encode writes f in Go's benchmark format: first the units, then the results in run order, each preceded by the
// configuration keys that changed. benchfmt.Writer does the same, but writes 12345678 as 1.2345678e+07, which is hard
// to review.
func (f *File) encode(b *bytes.Buffer) {
	for _, key := range sortedUnits(f.Units) {
		unit := f.Units[key]
		fmt.Fprintf(b, "Unit %s %s=%s\n", unit.OrigUnit, unit.Key, unit.Value)
	}
	var current []benchfmt.Config
	for _, res := range f.Results {
		previous := map[string]string{}
		for _, c := range current {
			previous[c.Key] = string(c.Value)
		}
		changed := false
		for _, c := range res.Config {
			if !c.File {
				continue
			}
			if before, ok := previous[c.Key]; !ok || before != string(c.Value) {
				fmt.Fprintf(b, "%s: %s\n", c.Key, c.Value)
				changed = true
			}
			delete(previous, c.Key)
		}
		for _, key := range sortedKeys(previous) { // an empty value removes the key
			fmt.Fprintf(b, "%s:\n", key)
			changed = true
		}
		if changed {
			b.WriteByte('\n')
		}
		current = slices.DeleteFunc(slices.Clone(res.Config), func(c benchfmt.Config) bool { return !c.File })
		fmt.Fprintf(b, "Benchmark%s %d", res.Name.Full(), res.Iters)
		for _, v := range res.Values {
			value, unit := v.Value, v.Unit
			if v.OrigUnit != "" {
				value, unit = v.OrigValue, v.OrigUnit
			}
			fmt.Fprintf(b, " %s %s", formatExact(value), unit)
		}
		b.WriteByte('\n')
	}
}
