package gate

import (
	"cmp"
	"maps"
	"slices"

	"golang.org/x/perf/benchfmt"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func sortedUnits(m benchfmt.UnitMetadataMap) []benchfmt.UnitMetadataKey {
	return slices.SortedFunc(maps.Keys(m), func(a, b benchfmt.UnitMetadataKey) int {
		return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Key, b.Key))
	})
}

// stripProcs removes the suffix -N that the testing package appends to names if GOMAXPROCS=N is above 1.
func stripProcs(n benchfmt.Name) benchfmt.Name {
	_, parts := n.Parts()
	if len(parts) == 0 || parts[len(parts)-1][0] != '-' {
		return n
	}
	return n[:len(n)-len(parts[len(parts)-1])]
}
