package plan

import (
	"cmp"
	"slices"
)

// A Shift is what an answer needs when one input is half and double of what it is.
type Shift struct {
	Input string `json:"input"`
	Half  int    `json:"half"`
	Base  int    `json:"base"`
	Twice int    `json:"double"`
}

// Swing is by how much the input moves the answer.
func (s Shift) Swing() int { return max(s.Half, s.Base, s.Twice) - min(s.Half, s.Base, s.Twice) }

// sensitivity orders the inputs, what moves the answer most first.
func (s *Study) sensitivity(base []Record, by [][]Record) []Shift {
	var list []Shift
	names := slices.DeleteFunc(slices.Clone(inputs), func(in input) bool { return in.name == capacityInput })
	for i := 0; i+1 < len(by); i += 2 {
		if len(by[i]) == 0 || len(by[i+1]) == 0 || len(base) == 0 {
			continue
		}
		sh := Shift{Input: names[i/2].name}
		sh.Half, _ = s.bound(by[i])
		sh.Base, _ = s.bound(base)
		sh.Twice, _ = s.bound(by[i+1])
		list = append(list, sh)
	}
	slices.SortStableFunc(list, func(a, b Shift) int { return cmp.Compare(b.Swing(), a.Swing()) })
	return list
}

// A Heat is an answer over two inputs.
type Heat struct {
	// What Cells holds: "capacity" needed, or "overflow", the share that queues drop in percent, where capacity is an input.
	What  string      `json:"what"`
	Rows  Axis        `json:"rows"`
	Cols  Axis        `json:"columns"`
	Cells [][]float64 `json:"cells"`
}

func (s *Study) gridSize() int {
	if len(s.Sweep) != 2 {
		return 0
	}
	return len(s.Sweep[0].Values) * len(s.Sweep[1].Values)
}

// heat returns the sweep's answer. A cell without records is -1.
func (s *Study) heat(by [][]Record) *Heat {
	if len(s.Sweep) != 2 {
		return nil
	}
	h := &Heat{What: "capacity", Rows: s.Sweep[0], Cols: s.Sweep[1]}
	if h.Rows.Input == capacityInput || h.Cols.Input == capacityInput {
		h.What = "overflow"
	}
	for i := range h.Rows.Values {
		row := make([]float64, len(h.Cols.Values))
		for j := range row {
			row[j] = s.heatOf(by[i*len(row)+j], h.What)
		}
		h.Cells = append(h.Cells, row)
	}
	return h
}

func (s *Study) heatOf(records []Record, what string) float64 {
	if len(records) == 0 {
		return -1
	}
	if what == "capacity" {
		need, _ := s.bound(records)
		return float64(need)
	}
	var overflow, copies int64
	for _, r := range records {
		overflow, copies = overflow+r.Overflow, copies+r.Copies
	}
	return 100 * float64(overflow) / float64(max(copies, 1))
}
