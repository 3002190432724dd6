package scenarios

import (
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// MaxFileSize is the most bytes of a scenario file.
const MaxFileSize = strictyaml.MaxFileSize

// The limits of a scenario file. Each is far above what a run can use and far below what hurts the machine that reads it.
const (
	maxAlerts        = 1_000_000  // alerts of a file, over all series, sends and expectations
	maxLabelBytes    = 256 << 20  // bytes of all their labels
	maxValues        = 1_000_000  // values of a series
	maxFileValues    = 10_000_000 // values of all series
	maxSteps         = 10_000_000 // evaluations of a test, and its scrapes
	maxEvents        = 100_000    // events of a timeline
	maxReloads       = 1_000      // of them reloads
	maxExpectations  = 100_000    // expectations of a test
	maxAlertmanagers = 1_000      // Alertmanagers of a test
	maxSends         = 10_000_000 // sends of an event, if they come as often as half of them do
	maxRuleFiles     = 100        // rule files
	maxExprBytes     = 64 << 10   // bytes of an expression
	maxSubquerySteps = 1_000_000  // steps of the subqueries of an expression
	maxOperators     = 2_000      // operators and parentheses of an expression
	maxExprDepth     = 500        // parts of an expression inside one another
	maxTraceTimes    = 1_000_000  // times of all trace files
	maxSeeds         = 100_000    // seeds of a test
)

// A budget is what is left of the limits that a whole file shares.
type budget struct{ alerts, labelBytes, values, traceTimes int64 }

func newBudget() budget { return budget{maxAlerts, maxLabelBytes, maxFileValues, maxTraceTimes} }
