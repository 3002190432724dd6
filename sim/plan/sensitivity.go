package plan

import (
	"cmp"
	"slices"
)

// sensitivity returns how the drop-free capacity changes with each input, the largest change first. base holds the
// records of the unchanged scenario; byPoint holds, in their order, the records of each point that the function shifts
// returned.
func (s *Study) sensitivity(base []Record, byPoint [][]Record) []Shift {
	var list []Shift
	inputs := shiftInputs()
	for i := 0; i+1 < len(byPoint); i += 2 {
		half, twice := byPoint[i], byPoint[i+1]
		if len(half) == 0 || len(twice) == 0 || len(base) == 0 {
			continue
		}
		sh := Shift{Input: inputs[i/2].name}
		sh.Half, _ = s.bound(half)
		sh.Base, _ = s.bound(base)
		sh.Twice, _ = s.bound(twice)
		list = append(list, sh)
	}
	slices.SortStableFunc(list, func(a, b Shift) int { return cmp.Compare(b.Swing(), a.Swing()) })
	return list
}
