package plan

// heatmap returns the heat map of the sweep, from the records of each of its points; nil without a sweep.
func (s *Study) heatmap(byPoint [][]Record) *Heatmap {
	if len(s.Sweep) != 2 {
		return nil
	}
	h := &Heatmap{What: "capacity", Rows: s.Sweep[0], Cols: s.Sweep[1]}
	if h.Rows.Input == capacityInput || h.Cols.Input == capacityInput {
		h.What = "overflow"
	}
	for i := range h.Rows.Values {
		row := make([]float64, len(h.Cols.Values))
		for j := range row {
			row[j] = s.heat(byPoint[i*len(row)+j], h.What)
		}
		h.Cells = append(h.Cells, row)
	}
	return h
}

// heat returns the value of one cell of a heat map, -1 without records.
func (s *Study) heat(records []Record, what string) float64 {
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
