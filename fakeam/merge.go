package fakeam

// An overlap is how the times of an alert that comes in lie to those of the alert stored under the same labels.
// It is made of comparisons, so that one rule serves every kind of clock.
type overlap struct {
	endsAfterStart   bool // the incoming end is after the stored start
	endsBeforeEnd    bool // the incoming end is before the stored end
	startsAfterStart bool // the incoming start is after the stored start
	startsBeforeEnd  bool // the incoming start is before the stored end

	startsBeforeStart bool // the incoming start is before the stored start
	endsAfterEnd      bool // the incoming end is after the stored end

	resolved    bool // the incoming end is at or before now
	oldResolved bool // the stored end is at or before now
	timeout     bool // the incoming end comes from resolve_timeout
	oldTimeout  bool // the stored end does
	older       bool // the stored alert was updated after the incoming one
}

// A kept says what of a stored alert outlives the one that comes in; the rest is the incoming alert's.
type kept struct {
	start, end bool // of the stored alert
	rest       bool // its annotations, generator URL, update time, and whether its end is a timeout
	merged     bool // the two overlapped; if not, the incoming alert replaces the stored one
}

// merge is the rule by which an Alertmanager puts an alert over the one that it has:
// Alerts.Put in provider/mem/mem.go and Alert.Merge in alert/alert.go of Alertmanager v0.34.0.
// All comparisons are strict. Without overlap the incoming alert replaces the stored one, even if that resolves it.
// With overlap the earlier start and all else of the younger alert are kept, and of the ends: if the younger alert is
// resolved, the later of two past ones; if not, the older one where it is the later and no timeout.
func (o *overlap) merge() kept {
	if !(o.endsAfterStart && o.endsBeforeEnd || o.startsAfterStart && o.startsBeforeEnd) {
		return kept{}
	}
	if o.older { // requests that were stamped in one order and stored in the other
		older := (o.endsAfterEnd) && (o.oldResolved && o.resolved || !o.oldResolved && !o.timeout)
		return kept{start: !o.startsBeforeStart, end: !older, rest: true, merged: true}
	}
	end := o.endsBeforeEnd && (o.resolved && o.oldResolved || !o.resolved && !o.oldTimeout)
	return kept{start: o.startsAfterStart, end: end, merged: true}
}
