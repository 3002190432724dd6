package fakeam

// AlertCounts count alerts as an Alertmanager saw them. Each is the sum of the changes of that kind,
// but for Received, Unique and Duplicates, which are alerts taken, and Firing, the state.
type AlertCounts struct {
	Received   int64 // Unique + Duplicates
	Unique     int64 // label sets taken at least once
	Duplicates int64 // alerts of label sets taken before

	Fired         int64
	Resolved      int64
	Late          int64
	FalseResolves int64
	Refires       int64
	Resurrections int64

	Firing int64 // label sets that fire now; exact after Expire(now)
}

// A ChangeKind is something that an Alertmanager did with an alert.
type ChangeKind uint8

const (
	Fires           ChangeKind = iota // it fires, and did not; an episode begins
	Resolves                          // it fired, and is resolved or expired, when it was over at the source
	Late                              // taken after its end though sent as firing: taken as a resolve
	FalselyResolves                   // it fired, and is resolved or expired, while it still fires at the source
	Refires                           // it was resolved and fires again, which at the source it does too
	Resurrects                        // it was resolved and fires again, though it is over at the source
)

// String returns fires, resolves, late, falsely_resolves, refires or resurrects.
func (k ChangeKind) String() string {
	if int(k) < len(changeKinds) {
		return changeKinds[k]
	}
	return "unknown"
}

var changeKinds = [...]string{
	Fires: "fires", Resolves: "resolves", Late: "late",
	FalselyResolves: "falsely_resolves", Refires: "refires", Resurrects: "resurrects",
}

// A Change is what happened at a time to the label sets First, …, First+N-1.
// A Late beside a FalselyResolves of the same label set is the alert that caused it.
type Change struct {
	At       int64
	Kind     ChangeKind
	First, N int
}

// A AlertRange is alerts that share their times: those of the label sets First, …, First+N-1.
type AlertRange struct {
	First, N int
	// StartsAt and EndsAt are the times in the alert. EndsAt is Never for an alert without one.
	StartsAt, EndsAt int64
	// Resolved says that the source sent it as resolved.
	Resolved bool
	// SourceEnd is when the episode ends at the source, as it is known when the batch is taken; Never if it has not ended
	// and nobody knows when it will: then Ends must say so when it does.
	SourceEnd int64
}

// IsResolved reports whether an Alertmanager that takes the alerts now takes them for resolved: as in model.Alert of prometheus/common,
// what has ended is, whether it was sent as that or came late.
func (b *AlertRange) IsResolved(now int64) bool { return b.EndsAt <= now }

// change reports and counts a change of n label sets from number i on, together with the one before where it continues that.
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
	switch kind {
	case Fires:
		c.Fired += n
		c.Firing += n
	case Resolves:
		c.Resolved += n
		c.Firing -= n
	case Late:
		c.Late += n
	case FalselyResolves:
		c.FalseResolves += n
		c.Firing -= n
	case Refires:
		c.Refires += n
		c.Firing += n
	case Resurrects:
		c.Resurrections += n
		c.Firing += n
	}
}
