package fakeam

// An overlap compares the times of an incoming alert with those of the stored alert with the same labels. It consists
// of comparisons so that Store, with time.Time, and AlertStates, with nanoseconds, share one rule.
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

// A mergeResult says which fields come from the stored alert; all others come from the incoming one.
type mergeResult struct {
	start, end bool
	rest       bool // annotations, generator URL, update time, and whether resolve_timeout set the end
	merged     bool // the two overlap; otherwise the incoming alert replaces the stored one
}

// merge is the rule by which an Alertmanager stores an alert that has the labels of a stored one:
// Alerts.Put in provider/mem/mem.go and Alert.Merge in alert/alert.go of Alertmanager v0.34.0.
//
// All comparisons are strict. Without overlap the incoming alert replaces the stored one, even if that resolves it.
// With overlap, the result has the earlier start, and all else from the alert that was updated last. Only a later end
// of the other alert wins if both are resolved, or if the last is not resolved and the later end is not from
// resolve_timeout.
func (o *overlap) merge() mergeResult {
	if !(o.endsAfterStart && o.endsBeforeEnd || o.startsAfterStart && o.startsBeforeEnd) {
		return mergeResult{}
	}
	if o.older { // concurrent requests can be stamped in one order and stored in the other
		incoming := o.endsAfterEnd && (o.oldResolved && o.resolved || !o.oldResolved && !o.timeout)
		return mergeResult{start: !o.startsBeforeStart, end: !incoming, rest: true, merged: true}
	}
	end := o.endsBeforeEnd && (o.resolved && o.oldResolved || !o.resolved && !o.oldTimeout)
	return mergeResult{start: o.startsAfterStart, end: end, merged: true}
}
