package scenarios

import (
	"math"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/notifier/core"
)

// A Scope is the releases that an expectation is for, and those on which it is known not to hold.
type Scope struct {
	Only    []string // nil is all
	FailsOn FailsOn
}

// For reports whether the expectation is for the release.
func (s *Scope) For(r *core.Release) bool { return isFor(s.Only, r) }

func isFor(only []string, r *core.Release) bool {
	return only == nil || slices.Contains(only, r.Name)
}

// A LedgerTest expects something of the ledger at EvalTime, after all that happens at that instant.
// A nil count and an absent reason expect nothing.
type LedgerTest struct {
	Pos Pos
	Scope
	EvalTime time.Duration
	Target   string // "": all Alertmanagers together
	Replica  int    // only what this server sent, from 1 on; 0: the sum over all

	Offered, Delivered, Queued, InFlight *Count
	Lost                                 *Count // without Target only
	LostByAll                            *Count // the same, over all replicas
	Dropped                              []DropCount
	// What Alertmanagers got wrong; without Target, the sum over all of them.
	Late, FalselyResolved, Refired, Resurrected *Count
}

// A Count is an expected number and its position.
type Count struct {
	Pos Pos
	N   int64
}

// A DropCount is the expected number of alerts dropped for a reason.
type DropCount struct {
	Reason core.Reason
	Count
}

// An AlertmanagerTest expects something of what the Alertmanager at Target took between From and To, both included.
type AlertmanagerTest struct {
	Pos Pos
	Scope
	Target   string
	From, To time.Duration

	Unique, Duplicates *Count
	// Late is the number of alerts sent as firing and stored after their end.
	Late *Count
	// Requests is the number of requests that reached it, answered or not.
	Requests *Count
	// Alerts are the names of the alerts taken, in any order: these and no others. Nil expects nothing.
	Alerts    []string
	AlertsPos Pos
}

// A PromQLTest expects the result of an expression over the virtual scrapes at EvalTime: these samples and no others,
// in any order, as promtool's promql_expr_test does.
type PromQLTest struct {
	Pos Pos
	Scope
	Expr     string
	ExprPos  Pos
	EvalTime time.Duration
	Samples  []ExpectedSample
}

// An ExpectedSample is one of the result of an expression.
type ExpectedSample struct {
	Pos    Pos
	Labels labels.Labels
	Value  float64
	// Histogram is the sample if it is not nil.
	Histogram *histogram.FloatHistogram
}

// An AlertRuleTest expects which alerts of a name fire after the last evaluation until EvalTime: these and no others,
// in any order, as promtool's alert_rule_test does.
type AlertRuleTest struct {
	Pos Pos
	Scope
	EvalTime  time.Duration
	Alertname string
	Alerts    []ExpectedAlert
}

// An ExpectedAlert is one that fires. Labels include alertname.
type ExpectedAlert struct {
	Pos                 Pos
	Labels, Annotations labels.Labels
}

// A FailsOn names the releases on which something that must hold is known not to hold, because of bugs of Prometheus,
// each with its reason. On these it must not hold, so that the entry is removed when the bug is fixed. Nil is none.
type FailsOn []KnownFailure

// A KnownFailure is one release on which something does not hold, and why: an upstream issue, or what we found.
type KnownFailure struct {
	Pos     Pos // of the entry
	Release string
	Reason  string // one line
}

// At returns the entry for a release, nil if there is none.
func (f FailsOn) At(r *core.Release) *KnownFailure {
	if i := slices.IndexFunc(f, func(k KnownFailure) bool { return k.Release == r.Name }); i >= 0 {
		return &f[i]
	}
	return nil
}

// An Invariant is what a test says of an invariant that every run is checked for: that it is switched off, or on which
// releases it is known not to hold.
type Invariant struct {
	Pos  Pos
	Name string
	// Off is why it is not checked, "" if it is.
	Off     string
	FailsOn FailsOn
}

// MaxULPs is how many floating-point numbers apart two numbers may be that fuzzy_compare takes for equal: neighbours,
// as in promtool.
const MaxULPs = 1

// Same reports whether a number is the expected one, with fuzzy as promtool's fuzzy_compare. NaN equals NaN.
func Same(want, got float64, fuzzy bool) bool {
	switch {
	case want == got, math.IsNaN(want) && math.IsNaN(got):
		return true
	case !fuzzy:
		return false
	}
	return math.Nextafter(want, math.Inf(-1)) == got || math.Nextafter(want, math.Inf(1)) == got
}
