package gate

import (
	"bytes"
	"fmt"
	"os"
	"slices"

	"golang.org/x/perf/benchfmt"
)

// write writes f to a file.
func (f *File) write(path string) error {
	var b bytes.Buffer
	f.encode(&b)
	return os.WriteFile(path, b.Bytes(), 0o666)
}

// encode writes f in Go's benchmark format: units first, then the results in run order, each below the configuration that it does
// not share with the one before. benchfmt.Writer does the same, but writes 12345678 as 1.2345678e+07, which nobody can review.
func (f *File) encode(b *bytes.Buffer) {
	for _, key := range sortedUnits(f.Units) {
		unit := f.Units[key]
		fmt.Fprintf(b, "Unit %s %s=%s\n", unit.OrigUnit, unit.Key, unit.Value)
	}
	var now []benchfmt.Config
	for _, res := range f.Results {
		was := map[string]string{}
		for _, c := range now {
			was[c.Key] = string(c.Value)
		}
		changed := false
		for _, c := range res.Config {
			if !c.File {
				continue
			}
			if before, ok := was[c.Key]; !ok || before != string(c.Value) {
				fmt.Fprintf(b, "%s: %s\n", c.Key, c.Value)
				changed = true
			}
			delete(was, c.Key)
		}
		for _, key := range sortedKeys(was) { // an empty value takes a key back
			fmt.Fprintf(b, "%s:\n", key)
			changed = true
		}
		if changed {
			b.WriteByte('\n')
		}
		now = slices.DeleteFunc(slices.Clone(res.Config), func(c benchfmt.Config) bool { return !c.File })
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

// declare adds a unit line.
func (f *File) declare(unit, key, value string) {
	if f.Units == nil {
		f.Units = benchfmt.UnitMetadataMap{}
	}
	k := benchfmt.UnitMetadataKey{Unit: unit, Key: key}
	f.Units[k] = &benchfmt.UnitMetadata{UnitMetadataKey: k, OrigUnit: unit, Value: value}
}
