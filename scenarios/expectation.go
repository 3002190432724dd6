package scenarios

import (
	"math"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier/core"
)

// A Scope is the releases that an expectation is for, and the releases on which it is known not to hold.
type Scope struct {
	Only    []string // nil means all
	FailsOn FailsOn
}

// For reports whether the expectation is for the release.
func (s *Scope) For(r *core.Release) bool { return isFor(s.Only, r) }

func isFor(only []string, r *core.Release) bool {
	return only == nil || slices.Contains(only, r.Name)
}

// A LedgerTest expects numbers in the ledger at EvalTime, after everything that happens at that instant. A count that
// is nil, or a reason that is absent, is not checked.
type LedgerTest struct {
	Pos Pos
	Scope
	EvalTime time.Duration
	Target   string // "" means all Alertmanagers together
	Replica  int    // the number of a server, from 1 on; 0 means the sum over all servers

	Offered, Delivered, Queued, InFlight *Count
	Lost                                 *Count // only without Target
	LostByAll                            *Count // only without Target and Replica
	Dropped                              []DropCount
	// Numbers of alerts that arrived late or changed wrongly at Alertmanagers. Without Target, they are sums over all
	// Alertmanagers.
	Late, FalselyResolved, Refired, Resurrected *Count
}

// A Count is an expected number with its position.
type Count struct {
	Pos Pos
	N   int64
}

// A DropCount is the expected number of alerts that are dropped for a reason.
type DropCount struct {
	Reason core.Reason
	Count
}

// An AlertmanagerTest expects what the Alertmanager at Target receives between From and To, both included.
type AlertmanagerTest struct {
	Pos Pos
	Scope
	Target   string
	From, To time.Duration

	Unique, Duplicates *Count
	// Late is the number of alerts that were sent as firing and stored after their EndsAt.
	Late *Count
	// Requests is the number of requests that arrived, whether they were answered or not.
	Requests *Count
	// Alerts are the names of exactly the alerts that were accepted, in any order. Nil is not checked.
	Alerts    []string
	AlertsPos Pos
	// Contains are names of alerts that were accepted, perhaps with others.
	Contains    []string
	ContainsPos Pos
	// Labels are label sets, each with all labels of an alert that was accepted.
	Labels []ExpectedLabels
}

// ExpectedLabels are all labels of an alert.
type ExpectedLabels struct {
	Pos    Pos
	Labels labels.Labels
}

// A PromQLTest expects the result of an expression over the virtual scrapes at EvalTime: exactly these samples, in any
// order, like promtool's promql_expr_test.
type PromQLTest struct {
	Pos Pos
	Scope
	Expr     string
	ExprPos  Pos
	EvalTime time.Duration
	Samples  []ExpectedSample
}

// An ExpectedSample is a sample in the result of an expression.
type ExpectedSample struct {
	Pos    Pos
	Labels labels.Labels
	Value  float64
	// Histogram is the expected value unless it is nil.
	Histogram *histogram.FloatHistogram
}

// An AlertRuleTest expects which alerts with a name fire after the last evaluation up to EvalTime: exactly these, in
// any order, like promtool's alert_rule_test.
type AlertRuleTest struct {
	Pos Pos
	Scope
	EvalTime  time.Duration
	Alertname string
	Alerts    []ExpectedAlert
}

// An ExpectedAlert is an alert that fires. Labels include alertname.
type ExpectedAlert struct {
	Pos                 Pos
	Labels, Annotations labels.Labels
}

// A FailsOn lists releases on which an expectation or invariant is known to fail because of a bug of Prometheus, each
// with the reason. On these releases it must fail, so that the entry is removed when the bug is fixed. Nil means none.
type FailsOn []KnownFailure

// A KnownFailure is a release on which something is known to fail, and the reason: an upstream issue or the cause.
type KnownFailure struct {
	Pos     Pos // of the entry
	Release string
	Reason  string // one line
}

// At returns the entry for a release, or nil if there is none.
func (f FailsOn) At(r *core.Release) *KnownFailure {
	if i := slices.IndexFunc(f, func(k KnownFailure) bool { return k.Release == r.Name }); i >= 0 {
		return &f[i]
	}
	return nil
}

// An Invariant is what a test says about one of the invariants that are checked in every run: that it is switched off,
// or on which releases it is known to fail.
type Invariant struct {
	Pos  Pos
	Name string
	// Off is the reason why the invariant is not checked, or "" if it is checked.
	Off     string
	FailsOn FailsOn
}

// MaxULPs is the distance, in floating-point numbers, up to which fuzzy_compare treats two numbers as equal. As in
// promtool it is 1.
const MaxULPs = 1

// Same reports whether got is the expected number. fuzzy compares like promtool's fuzzy_compare. NaN equals NaN.
func Same(want, got float64, fuzzy bool) bool {
	switch {
	case want == got, math.IsNaN(want) && math.IsNaN(got):
		return true
	case !fuzzy:
		return false
	}
	return math.Nextafter(want, math.Inf(-1)) == got || math.Nextafter(want, math.Inf(1)) == got
}
