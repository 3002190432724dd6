package fakeam

// An AlertRange is a range of alerts with the same times. Their label sets have the numbers First to First+N-1.
type AlertRange struct {
	First, N int
	// StartsAt and EndsAt are the times in the alerts. EndsAt is Never for alerts without an end.
	StartsAt, EndsAt int64
	// Resolved says that the sender sent the alerts as resolved.
	Resolved bool
	// SourceEnd is when the alerts end at their source, as far as that is known when they arrive. Never means that it
	// is not known yet; call AlertStates.EndAtSource when they end.
	SourceEnd int64
}

// IsResolved reports whether an Alertmanager that receives the alerts now treats them as resolved. Like model.Alert of
// prometheus/common it compares EndsAt with now, so a firing alert that arrives after its EndsAt counts as resolved.
func (b *AlertRange) IsResolved(now int64) bool { return b.EndsAt <= now }

// AlertCounts counts the alerts that an Alertmanager received and the changes of their state.
type AlertCounts struct {
	Received   int64 // Unique + Duplicates
	Unique     int64 // label sets received at least once
	Duplicates int64 // alerts with a label set that was received before

	// Numbers of alerts with each kind of change.
	Fired         int64
	Resolved      int64
	Late          int64
	FalseResolves int64
	Refires       int64
	Resurrections int64

	Firing int64 // label sets that fire now; only exact after Expire(now)
}

// A Change is a change of state of the label sets First to First+N-1 at an Alertmanager, all at the time At. If there
// is a Late change and a FalselyResolves change of the same label set at the same time, the first is the cause of the
// second.
type Change struct {
	At       int64
	Kind     ChangeKind
	First, N int
}

// A ChangeKind is a kind of Change.
type ChangeKind uint8

const (
	Fires           ChangeKind = iota // starts to fire
	Resolves                          // is resolved or expires after it ended at its source
	Late                              // was sent as firing, but arrives after its EndsAt and so counts as resolved
	FalselyResolves                   // is resolved or expires while it fires at its source
	Refires                           // fires again after it was resolved, while it fires at its source
	Resurrects                        // fires again after it was resolved, although it has ended at its source
)

// String returns fires, resolves, late, falsely_resolves, refires or resurrects.
func (k ChangeKind) String() string { return nameOf(changeKindNames[:], int(k)) }

var changeKindNames = [...]string{
	Fires: "fires", Resolves: "resolves", Late: "late",
	FalselyResolves: "falsely_resolves", Refires: "refires", Resurrects: "resurrects",
}

// change counts a change of n label sets, from number i on, and appends it to the list. If one of the last two changes
// has the same time and kind and ends at i-1, that change is extended instead.
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
