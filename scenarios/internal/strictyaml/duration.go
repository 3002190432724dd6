package strictyaml

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

// ParseDuration parses a duration in Prometheus' notation (1d12h) or Go's (1.5s, 40us). The result is math.MaxInt64,
// which exceeds every limit, if the duration is too long for a time.Duration. The error says what to write.
func ParseDuration(s string) (time.Duration, error) {
	if strings.HasPrefix(s, "-") {
		return 0, errors.New("a duration that is not negative")
	}
	x, err := model.ParseDuration(s)
	if err == nil {
		return time.Duration(x), nil
	}
	if strings.Contains(err.Error(), "out of range") {
		return math.MaxInt64, nil
	}
	if x, err := time.ParseDuration(s); err == nil && !strings.HasPrefix(s, "+") {
		return x, nil
	}
	if digits.MatchString(s) {
		return 0, fmt.Errorf("a unit too, such as %ss or %[1]sm", Shorten(s))
	}
	return 0, errors.New("a duration such as 30s, 1h30m or 40us")
}

// FormatDuration formats a duration in Prometheus' notation or, if it is not a whole number of milliseconds, in Go's.
func FormatDuration(d time.Duration) string {
	if d%time.Millisecond == 0 {
		return model.Duration(d).String()
	}
	return d.String()
}
