package scenarios

import (
	"math"
	"math/bits"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// MaxFileSize is the size limit of a scenario file in bytes.
const MaxFileSize = strictyaml.MaxFileSize

// The limits of a scenario file. Each is far above what a run can use, and far below what would harm the machine that
// reads the file.
const (
	maxAlerts        = 1_000_000  // alerts in a file, over all series, sends and expectations
	maxLabelBytes    = 256 << 20  // bytes of all their labels
	maxValues        = 1_000_000  // values of a series
	maxFileValues    = 10_000_000 // values of all series
	maxSteps         = 10_000_000 // evaluations of a test, and its scrapes
	maxEvents        = 100_000    // events of a timeline
	maxReloads       = 1_000      // reloads in a timeline
	maxExpectations  = 100_000    // expectations of a test
	maxAlertmanagers = 1_000      // Alertmanagers of a test
	maxSends         = 10_000_000 // sends of an event, computed from the median time between sends
	maxRuleFiles     = 100        // rule files
	maxReplicas      = 8          // servers of a test, as in the limits of `replicas`
	maxTraceTimes    = 1_000_000  // times of all trace files
	maxSeeds         = 100_000    // seeds of a test
	maxReason        = 200        // bytes of a reason; it is shown on one line
)

// A budget is the remainder of the limits that apply to a whole file.
type budget struct{ alerts, labelBytes, values, traceTimes int64 }

func newBudget() budget { return budget{maxAlerts, maxLabelBytes, maxFileValues, maxTraceTimes} }

// multiply returns a·b, or math.MaxInt64 if that is larger. a and b must not be negative.
func multiply(a, b int64) int64 {
	high, low := bits.Mul64(uint64(a), uint64(b))
	if high > 0 || low > math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(low)
}
