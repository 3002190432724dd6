// Package ledger keeps the accounts of a run: of the copies of alerts that senders send, of the alerts that
// Alertmanagers know, of delays, and of the lengths of queues.
//
// Every copy is accounted for: at each Alertmanager, offered = delivered + dropped + queued + in flight.
// [Accounts.Check] compares that with the state of the notifier. A Ledger counts copies, not alerts: a rule that fires
// for an hour offers some fifty copies of each of its alerts.
//
// Callers report what happens; the package never calls an engine, and it decides nothing. Ledger, Account, Delays and
// QueueDepth are for any program that reads a result. Accounts, PeerAccount, Step and QueueDepths are exported only for
// the packages of this module that write them, and may change.
package ledger

import (
	"fmt"

	"github.com/notifysim/notifysim/notifier/core"
)

// A Ledger is the account of a run at one instant. It counts copies: an alert counts once each time it is sent.
//
// Over all Alertmanagers, Offered = Delivered + Lost + Pending. For each Alertmanager, Offered = Delivered + the sum of
// Dropped + Queued + InFlight. A run fails if that does not hold after an event.
type Ledger struct {
	Totals

	Alertmanagers map[string]Account `json:"alertmanagers"`

	// Replicas are the ledgers of the senders, if there are several. Then all fields above are sums over the senders,
	// except for the numbers that the Alertmanagers themselves count. LostByAll counts the alerts that no replica
	// delivered to any Alertmanager; an alert that two replicas send at the same evaluation counts once.
	Replicas  []ReplicaLedger `json:"replicas,omitempty"`
	LostByAll *int64          `json:"lost_by_all,omitempty"`
}

// Totals are counts over all Alertmanagers together.
type Totals struct {
	// Offered counts the alerts that the relabelling of Send leaves.
	Offered int64 `json:"offered"`
	// Delivered counts the alerts that at least one Alertmanager accepted. Lost counts those that none accepted and of
	// which no copy waits or is in flight. Pending counts all others.
	Delivered int64 `json:"delivered"`
	Lost      int64 `json:"lost"`
	Pending   int64 `json:"pending"`
	// Relabelled counts the alerts that relabelling dropped on purpose. They do not count as offered.
	Relabelled int64 `json:"relabelled"`
	// Sends counts the calls of Send, Blocked those of them that had to wait for the manager's lock.
	Sends   int64 `json:"sends"`
	Blocked int64 `json:"blocked"`
}

// Add adds the totals of another sender.
func (t *Totals) Add(o *Totals) {
	t.Offered += o.Offered
	t.Delivered += o.Delivered
	t.Lost += o.Lost
	t.Pending += o.Pending
	t.Relabelled += o.Relabelled
	t.Sends += o.Sends
	t.Blocked += o.Blocked
}

// A ReplicaLedger is the ledger of one of several senders.
type ReplicaLedger struct {
	Totals
	Alertmanagers map[string]ReplicaAccount `json:"alertmanagers"`
}

// A ReplicaAccount is the account of one Alertmanager in the ledger of one of several senders.
type ReplicaAccount struct {
	Offered   int64   `json:"offered"`
	Delivered int64   `json:"delivered"`
	Dropped   Dropped `json:"dropped"`
	Queued    int64   `json:"queued"`
	InFlight  int64   `json:"in_flight"`
	Requests  int64   `json:"requests"`
}

// An Account is the account of one Alertmanager.
type Account struct {
	// Offered counts the copies that were queued for it, or that were dropped instead of being queued.
	Offered int64 `json:"offered"`
	// Delivered counts the copies that it answered with 2xx in time.
	Delivered int64 `json:"delivered"`
	// Dropped counts the copies that were not delivered to it, by reason.
	Dropped Dropped `json:"dropped"`
	// Queued counts the copies that wait in its queue, InFlight those in requests that have not ended.
	Queued   int64 `json:"queued"`
	InFlight int64 `json:"in_flight"`
	// Unique counts the label sets that it stored, Duplicates how often it stored a label set that it had stored
	// before. Their sum exceeds Delivered if it stored copies of requests that had timed out.
	Unique     int64 `json:"unique"`
	Duplicates int64 `json:"duplicates"`
	// Late counts the copies that were sent as firing, but that it stored after their endsAt, and so as resolved.
	Late int64 `json:"late"`
	// FalseResolves counts how often an alert resolved at the Alertmanager while it fired at its source, because it
	// expired before the next copy arrived or because a late copy resolved it. Refires counts how often such an alert
	// fired again.
	FalseResolves int64 `json:"false_resolves"`
	Refires       int64 `json:"refires"`
	// Resurrections counts how often a resolved alert fired again at the Alertmanager although it was resolved at its
	// source, because an older copy arrived after the resolved one.
	Resurrections int64 `json:"resurrections"`
	// Requests counts the requests that were sent to it.
	Requests int64 `json:"requests"`
}

// Dropped counts copies by the reason for which they were dropped. It has an element for every reason.
type Dropped [5]int64

// Total returns the sum over all reasons.
func (d Dropped) Total() int64 {
	return d[0] + d[1] + d[2] + d[3] + d[4]
}

// Of returns the count of one reason.
func (d Dropped) Of(r core.Reason) int64 { return d[r] }

// MarshalJSON writes an object with a key for every reason.
func (d Dropped) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, r := range core.Reasons() {
		if i > 0 {
			b = append(b, ',')
		}
		b = fmt.Appendf(b, "%q:%d", r, d[r])
	}
	return append(b, '}'), nil
}

// Whole returns the account of all Alertmanagers together. In Offered and Delivered each alert counts once for each
// time it is sent; the other fields are sums over the Alertmanagers.
func (l *Ledger) Whole() Account {
	all := Account{Offered: l.Offered, Delivered: l.Delivered}
	for _, a := range l.Alertmanagers {
		all.Queued += a.Queued
		all.InFlight += a.InFlight
		for reason, n := range a.Dropped {
			all.Dropped[reason] += n
		}
		all.Late += a.Late
		all.FalseResolves += a.FalseResolves
		all.Refires += a.Refires
		all.Resurrections += a.Resurrections
	}
	return all
}

// Add adds another sender's account of the same Alertmanager. It does not add the numbers that the Alertmanager itself
// counts, which are the same in both.
func (a *Account) Add(o *Account) {
	a.Offered += o.Offered
	a.Delivered += o.Delivered
	for why := range a.Dropped {
		a.Dropped[why] += o.Dropped[why]
	}
	a.Queued += o.Queued
	a.InFlight += o.InFlight
	a.Requests += o.Requests
	a.Unique, a.Duplicates = o.Unique, o.Duplicates
	a.Late, a.FalseResolves, a.Refires, a.Resurrections = o.Late, o.FalseResolves, o.Refires, o.Resurrections
}

// Add adds the ledger of another sender to l.
func (l *Ledger) Add(o *Ledger) {
	l.Totals.Add(&o.Totals)
	for address, a := range l.Alertmanagers {
		other := o.Alertmanagers[address]
		a.Add(&other)
		l.Alertmanagers[address] = a
	}
	l.Replicas = append(l.Replicas, o.Replica())
}

// Replica returns l, the ledger of one of several senders, as a ReplicaLedger.
func (l *Ledger) Replica() ReplicaLedger {
	one := ReplicaLedger{Totals: l.Totals, Alertmanagers: map[string]ReplicaAccount{}}
	for address, a := range l.Alertmanagers {
		one.Alertmanagers[address] = ReplicaAccount{
			Offered: a.Offered, Delivered: a.Delivered, Dropped: a.Dropped, Queued: a.Queued, InFlight: a.InFlight,
			Requests: a.Requests,
		}
	}
	return one
}

// Account returns s as an Account, in which the numbers that the Alertmanager itself counts are 0.
func (s ReplicaAccount) Account() Account {
	return Account{
		Offered: s.Offered, Delivered: s.Delivered, Dropped: s.Dropped, Queued: s.Queued, InFlight: s.InFlight,
		Requests: s.Requests,
	}
}

// Whole returns the account of all Alertmanagers together, as Ledger.Whole does.
func (l *ReplicaLedger) Whole() Account {
	whole := Ledger{Totals: l.Totals, Alertmanagers: map[string]Account{}}
	for address, s := range l.Alertmanagers {
		whole.Alertmanagers[address] = s.Account()
	}
	return whole.Whole()
}

// Open returns the number of copies that have neither been delivered nor dropped.
func (a *Account) Open() int64 {
	return a.Offered - a.Delivered - a.Dropped.Total()
}

// Unbalanced returns the numbers of an account that do not add up, as text for an error.
func (a *Account) Unbalanced() string {
	return fmt.Sprintf("offered %d, but delivered %d + dropped %d + queued %d + in flight %d",
		a.Offered, a.Delivered, a.Dropped.Total(), a.Queued, a.InFlight)
}

// Copies returns the sum of the copies that were offered to each Alertmanager.
func (l *Ledger) Copies() int64 {
	var n int64
	for _, a := range l.Alertmanagers {
		n += a.Offered
	}
	return n
}

// Any is the key that stands for all Alertmanagers together in maps whose other keys are addresses.
const Any = "any"
