package fakeam

// An overlap compares the times of an incoming alert with those of the stored alert with the same labels. It holds only
// the results of the comparisons, so that Store, which uses time.Time, and AlertStates, which uses nanoseconds, share
// one rule.
type overlap struct {
	endsAfterStart   bool // the incoming end is after the stored start
	endsBeforeEnd    bool // the incoming end is before the stored end
	startsAfterStart bool // the incoming start is after the stored start
	startsBeforeEnd  bool // the incoming start is before the stored end

	startsBeforeStart bool // the incoming start is before the stored start
	endsAfterEnd      bool // the incoming end is after the stored end

	resolved    bool // the incoming end is at or before now
	oldResolved bool // the stored end is at or before now
	timeout     bool // resolve_timeout set the incoming end
	oldTimeout  bool // resolve_timeout set the stored end
	older       bool // the stored alert was updated after the incoming one
}

// A mergeResult says which fields of the result are taken from the stored alert. The others are from the incoming
// alert.
type mergeResult struct {
	start, end bool
	rest       bool // annotations, generator URL, update time, and whether resolve_timeout set the end
	merged     bool // the times overlap; otherwise the incoming alert replaces the stored one
}

// merge is the rule by which an Alertmanager stores an alert with the labels of a stored alert: Alerts.Put in
// provider/mem/mem.go and Alert.Merge in alert/alert.go of Alertmanager v0.35.0.
//
// All comparisons are strict. If the times do not overlap, the incoming alert replaces the stored one, even if this
// resolves it. If they overlap, the result has the earlier of the two starts, and all other fields of the alert that
// was updated last. There is one exception: the end of the other alert is taken if it is later and if either both
// alerts are resolved, or the last updated alert is not resolved and the later end was not set by resolve_timeout.
func (o *overlap) merge() mergeResult {
	if !(o.endsAfterStart && o.endsBeforeEnd || o.startsAfterStart && o.startsBeforeEnd) {
		return mergeResult{}
	}
	if o.older { // concurrent requests can get their times in one order and be stored in the other
		incoming := o.endsAfterEnd && (o.oldResolved && o.resolved || !o.oldResolved && !o.timeout)
		return mergeResult{start: !o.startsBeforeStart, end: !incoming, rest: true, merged: true}
	}
	end := o.endsBeforeEnd && (o.resolved && o.oldResolved || !o.resolved && !o.oldTimeout)
	return mergeResult{start: o.startsAfterStart, end: end, merged: true}
}
