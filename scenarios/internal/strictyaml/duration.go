package strictyaml

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

// ParseDuration reads a duration in Prometheus' notation (1d12h) or Go's (1.5s, 40us). One beyond what a
// time.Duration holds is math.MaxInt64, which exceeds every limit. The error says what to write.
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

// FormatDuration writes a duration as Prometheus does, or as Go does if it has a part below a millisecond.
func FormatDuration(d time.Duration) string {
	if d%time.Millisecond == 0 {
		return model.Duration(d).String()
	}
	return d.String()
}
