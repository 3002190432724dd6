package fakeam

// An AlertRange is alerts with the same times: those of the label sets First to First+N-1.
type AlertRange struct {
	First, N int
	// StartsAt and EndsAt are the times that the alerts carry. EndsAt is Never for alerts without an end.
	StartsAt, EndsAt int64
	// Resolved says that the source sent the alerts as resolved.
	Resolved bool
	// SourceEnd is when the alerts end at their source, as known when they arrive. Never means that this is not known yet:
	// call AlertStates.EndAtSource when they end.
	SourceEnd int64
}

// IsResolved reports whether an Alertmanager that receives the alerts now treats them as resolved: as model.Alert of
// prometheus/common does, it looks at EndsAt only. A firing alert that arrives after its end counts as resolved.
func (b *AlertRange) IsResolved(now int64) bool { return b.EndsAt <= now }

// AlertCounts count what an Alertmanager received and what changed.
type AlertCounts struct {
	Received   int64 // Unique + Duplicates
	Unique     int64 // label sets received at least once
	Duplicates int64 // alerts with a label set that was received before

	// Sums of the changes of each kind.
	Fired         int64
	Resolved      int64
	Late          int64
	FalseResolves int64
	Refires       int64
	Resurrections int64

	Firing int64 // label sets that are firing now; exact after Expire(now)
}

// A Change is something that happens at an Alertmanager to the label sets First to First+N-1 at the same time.
// A Late change next to a FalselyResolves change of the same label set is its cause.
type Change struct {
	At       int64
	Kind     ChangeKind
	First, N int
}

// A ChangeKind is what happens to an alert at an Alertmanager.
type ChangeKind uint8

const (
	Fires           ChangeKind = iota // starts to fire
	Resolves                          // is resolved or expires, after it ended at its source
	Late                              // is sent as firing but arrives after its end, so counts as resolved
	FalselyResolves                   // is resolved or expires, while it fires at its source
	Refires                           // fires again after it was resolved, as it does at its source
	Resurrects                        // fires again after it was resolved, though it ended at its source
)

// String returns fires, resolves, late, falsely_resolves, refires or resurrects.
func (k ChangeKind) String() string { return nameOf(changeKindNames[:], int(k)) }

var changeKindNames = [...]string{
	Fires: "fires", Resolves: "resolves", Late: "late",
	FalselyResolves: "falsely_resolves", Refires: "refires", Resurrects: "resurrects",
}

// change counts a change of n label sets from number i on and adds it to the list, as part of one of the last two
// changes if it continues that.
func (e *AlertStates) change(at int64, kind ChangeKind, i, n int) {
	e.Counts.add(kind, int64(n))
	for j := len(e.changes) - 1; j >= 0 && j >= len(e.changes)-2; j-- {
		c := &e.changes[j]
		if c.At == at && c.Kind == kind && c.First+c.N == i {
			c.N += n
			return
		}
	}
	e.changes = append(e.changes, Change{At: at, Kind: kind, First: i, N: n})
}

func (c *AlertCounts) add(kind ChangeKind, n int64) {
	*[...]*int64{
		Fires: &c.Fired, Resolves: &c.Resolved, Late: &c.Late,
		FalselyResolves: &c.FalseResolves, Refires: &c.Refires, Resurrects: &c.Resurrections,
	}[kind] += n
	c.Firing += n * [...]int64{Fires: 1, Resolves: -1, FalselyResolves: -1, Refires: 1, Resurrects: 1}[kind]
}
