package gate

import (
	"encoding/json"
	"io"
	"math"
)

// jsonReport is the JSON report. Programs rely on its field names, so fields may only be added.
type jsonReport struct {
	Verdict  Verdict   `json:"verdict"`
	ExitCode int       `json:"exit_code"`
	Old      string    `json:"old"`
	New      string    `json:"new"`
	Problems []Problem `json:"problems"`
	Rows     []jsonRow `json:"rows"`
	Notes    []string  `json:"notes"`
	Profiles []string  `json:"profiles"`
}

type jsonRow struct {
	Status    Status      `json:"status"`
	Package   string      `json:"package,omitempty"`
	Benchmark string      `json:"benchmark"`
	Unit      string      `json:"unit,omitempty"`
	Lane      Lane        `json:"lane,omitempty"`
	Better    Better      `json:"better,omitempty"`
	Old       *float64    `json:"old,omitempty"` // the median
	New       *float64    `json:"new,omitempty"`
	Why       string      `json:"why,omitempty"`
	Timing    *jsonTiming `json:"timing,omitempty"`
	OldAt     *Position   `json:"old_at,omitempty"`
	NewAt     *Position   `json:"new_at,omitempty"`
}

type jsonTiming struct {
	Pairs     int      `json:"pairs"`
	Change    float64  `json:"change"` // new/old − 1
	P         float64  `json:"p"`
	Adjusted  float64  `json:"p_adjusted"`
	Upper     *float64 `json:"worse_at_most,omitempty"` // left out if unbounded
	Confirmed int      `json:"confirmed"`               // the number of rounds that confirmed it; −1 if one refuted it
}

// WriteJSON writes the report as one JSON object.
func (r *Report) WriteJSON(w io.Writer) error {
	out := jsonReport{
		Verdict: r.Verdict, ExitCode: r.Verdict.ExitCode(), Old: r.Old, New: r.New,
		Problems: append([]Problem{}, r.Problems...), Rows: []jsonRow{},
		Notes: append([]string{}, r.Notes...), Profiles: append([]string{}, r.Profiles...),
	}
	for _, row := range r.Rows {
		j := jsonRow{
			Status: row.Status, Package: row.Package, Benchmark: row.Benchmark, Unit: row.Unit,
			Lane: row.Lane, Better: row.Better, Old: median(row.Old), New: median(row.New), Why: row.Why,
			OldAt: first(row.Old), NewAt: first(row.New),
		}
		if t := row.Timing; t != nil {
			j.Timing = &jsonTiming{Pairs: t.Pairs, Change: t.Change, P: t.P, Adjusted: t.Adjusted, Confirmed: t.Confirmed}
			if !math.IsInf(t.Upper, 0) {
				j.Timing.Upper = &t.Upper
			}
		}
		out.Rows = append(out.Rows, j)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

func median(s Samples) *float64 {
	if len(s.Values) == 0 {
		return nil
	}
	v := lowerMedian(s.Values)
	return &v
}

func first(s Samples) *Position {
	if len(s.At) == 0 {
		return nil
	}
	return &s.At[0]
}
