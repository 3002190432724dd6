package plan

import (
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// spell writes a duration as Go does, rounded to what people read: "1.1s", "48m20s", "2h".
func spell(d time.Duration) string {
	unit := time.Duration(1)
	switch {
	case d >= 10*time.Minute:
		unit = time.Minute
		if d < time.Hour {
			unit = time.Second
		}
	case d >= 10*time.Second:
		unit = 100 * time.Millisecond
	default:
		for unit*1000 <= d {
			unit *= 10
		}
	}
	s := d.Round(unit).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// share writes a share of one as a percentage.
func share(x float64) string {
	switch {
	case x == 0:
		return "0"
	case x < 0.0001:
		return "<0.01%"
	}
	return strconv.FormatFloat(100*x, 'g', 3, 64) + "%"
}

// size writes bytes in the unit that people read.
func size(bytes int64) string {
	switch {
	case bytes >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20))
	case bytes >= 1<<10:
		return fmt.Sprintf("%.1f KiB", float64(bytes)/(1<<10))
	}
	return fmt.Sprintf("%d B", bytes)
}

// ParseShare reads a share of one: "0.1%" or "0.001".
func ParseShare(s string) (float64, error) {
	number, percent := strings.CutSuffix(s, "%")
	x, err := strconv.ParseFloat(number, 64)
	if percent {
		x /= 100
	}
	if err != nil || !(x >= 0 && x < 1) {
		return 0, fmt.Errorf("%q: write a share from 0%% to below 100%%, such as 0.1%%", s)
	}
	return x, nil
}

// WriteJSON writes an answer as one line of JSON.
func (a *Answer) WriteJSON(w io.Writer) error { return json.NewEncoder(w).Encode(a) }
