package plan

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	prettytext "github.com/jedib0t/go-pretty/v6/text"
	"github.com/prometheus/common/model"
)

// spell writes a duration rounded to about three digits, without zero units: "1.1s", "48m20s", "2h".
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

// configText writes a duration as Prometheus reads it in flags and configurations, which have no fractions: 1800ms.
func configText(d time.Duration) string {
	if d%time.Second == 0 {
		return model.Duration(d).String()
	}
	return fmt.Sprintf("%dms", d.Milliseconds())
}

// percent writes a share as a percentage.
func percent(x float64) string {
	switch {
	case x == 0:
		return "0"
	case x < 0.0001:
		return "<0.01%"
	}
	return strconv.FormatFloat(100*x, 'g', 3, 64) + "%"
}

// size writes bytes in the largest unit that fits.
func size(bytes int64) string {
	switch {
	case bytes >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20))
	case bytes >= 1<<10:
		return fmt.Sprintf("%.1f KiB", float64(bytes)/(1<<10))
	}
	return fmt.Sprintf("%d B", bytes)
}

// ParseShare reads a share in [0, 1): "0.1%" or "0.001".
func ParseShare(s string) (float64, error) {
	number, isPercentage := strings.CutSuffix(s, "%")
	x, err := strconv.ParseFloat(number, 64)
	if isPercentage {
		x /= 100
	}
	if err != nil || !(x >= 0 && x < 1) {
		return 0, fmt.Errorf("%q: write a share from 0%% to below 100%%, such as 0.1%%", s)
	}
	return x, nil
}

// newTable returns a table with a line under the header and two blanks between columns.
func newTable() table.Writer {
	t := table.NewWriter()
	t.SetStyle(table.Style{
		Name: "plain", Box: table.BoxStyle{PaddingRight: "  ", MiddleHorizontal: "─"},
		Options: table.Options{SeparateHeader: true},
	})
	t.Style().Format.Header = prettytext.FormatDefault
	return t
}

// indentTable renders a table with an indentation, and without blanks at the ends of lines.
func indentTable(t table.Writer) string {
	var lines []string
	for line := range strings.Lines(t.Render()) {
		lines = append(lines, "  "+strings.TrimRight(line, " \n"))
	}
	return strings.Join(lines, "\n")
}
