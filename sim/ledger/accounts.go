package ledger

import (
	"fmt"
	"slices"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/alerts"
)

// Accounts is the ledger of one sender during a run. It does not count the copies that wait or are in flight. The
// caller counts them in the notifier when it reads the accounts, so that Check can compare the recorded numbers with
// the state of the notifier. The zero value is empty and ready.
type Accounts struct {
	// Total has the totals over all Alertmanagers.
	Total Totals
	// Delays are the times until the first Alertmanager accepted each alert.
	Delays Delays
	// Unasked counts the alerts that were counted as offered, but were then dropped by the relabelling of every set.
	Unasked int64
	// Settled counts the lost alerts of those calls of Send of which the outcome of every copy is known.
	Settled int64

	// Changed, if not nil, is set to true when an account changes, so that Check has to be called.
	Changed *bool

	open    int            // the number of sends whose accounts are not closed
	peers   []*PeerAccount // sorted by address
	changed []*PeerAccount // the accounts that changed since the last check
}

// A PeerAccount is the account of one Alertmanager in a sender's ledger.
type PeerAccount struct {
	Address string
	// Account is complete once Fill has been called.
	Account Account
	// Delays are the delays of the copies that the Alertmanager answered with 2xx in time.
	Delays Delays

	// Rank is its index in Accounts.Peers.
	Rank int

	acknowledged int64 // copies answered with 2xx in time, counted independently of Account.Delivered
	counts       *fakeam.AlertCounts
	of           *Accounts
}

// A Step is a group of copies that an Alertmanager accepts, or that are sent to it, at one instant.
type Step struct {
	// At is the instant, in nanoseconds from the start of the run.
	At int64
	// N is the number of copies, Fresh the number of those that no Alertmanager had accepted before.
	N, Fresh int32
}

// Steps are consecutive steps that together deliver the copies of Seg.
type Steps struct {
	Seg  alerts.Segment
	List []Step
}

// NewStep records that an Alertmanager accepts the copies of seg at an instant, and returns that as a Step.
func NewStep(at int64, seg *alerts.Segment) Step {
	return Step{At: at, N: int32(seg.Len()), Fresh: int32(seg.Send.SetTaken(seg.From, seg.To))}
}

// AddPeer inserts an account for an Alertmanager at index i and returns it. counts are the numbers that the
// Alertmanager itself counts.
func (a *Accounts) AddPeer(i int, address string, counts *fakeam.AlertCounts) *PeerAccount {
	p := &PeerAccount{Address: address, counts: counts, of: a}
	a.peers = slices.Insert(a.peers, i, p)
	for rank, p := range a.peers {
		p.Rank = rank
	}
	return p
}

// Peers returns the accounts of the Alertmanagers, sorted by address. The caller must not change the slice.
func (a *Accounts) Peers() []*PeerAccount { return a.peers }

// Offer records a call of Send that has got the manager's lock.
func (a *Accounts) Offer(s *alerts.Send) {
	a.open++
	a.Total.Sends++
	a.Total.Offered += int64(s.N)
	a.Total.Relabelled += int64(s.Offered() - s.N)
}

// Hold records that the copies of seg were handed to a send loop.
func (a *Accounts) Hold(seg alerts.Segment) {
	root := seg.Send.Root()
	root.Open += seg.Len()
	if !root.RelabelledLater {
		seg.Send.SetBits(&root.Asked, seg.From, seg.To)
	}
}

// Ask records that the copies of a batch are posted to an Alertmanager, or would be if they had not been dropped.
func (a *Accounts) Ask(batch ...alerts.Segment) {
	for i := range batch {
		if root := batch[i].Send.Root(); root.RelabelledLater {
			batch[i].Send.SetBits(&root.Asked, batch[i].From, batch[i].To)
		}
	}
}

// BatchDone records the end of a batch. The copies that were posted to no Alertmanager are lost or, if there was an
// Alertmanager (anyAlertmanager), were dropped by relabelling on purpose.
func (a *Accounts) BatchDone(batch []alerts.Segment, anyAlertmanager bool) {
	for i := range batch {
		seg := &batch[i]
		root := seg.Send.Root()
		if !root.RelabelledLater {
			continue
		}
		if anyAlertmanager && root.Evaluation != nil {
			root.SetFiltered(*seg)
		}
		if unasked := int64(seg.Send.SetBits(&root.Asked, seg.From, seg.To)); anyAlertmanager {
			a.Total.Relabelled += unasked
			a.Total.Offered -= unasked
			a.Settled -= unasked
		}
	}
}

// Deliver records that the Alertmanager of p answered requests with 2xx in time. steps are the copies that they
// carried.
func (a *Accounts) Deliver(p *PeerAccount, steps []Steps) {
	n := 0
	for i := range steps {
		begun := steps[i].Seg.Send.Root().Begun
		for _, s := range steps[i].List {
			delay := s.At - begun
			bin := BinOf(delay)
			p.Delays.add(bin, delay, int64(s.N))
			if s.Fresh > 0 {
				a.Total.Delivered += int64(s.Fresh)
				a.Delays.add(bin, delay, int64(s.Fresh))
			}
		}
		n += steps[i].Seg.Len()
	}
	p.acknowledged += int64(n)
	p.Change().Delivered += int64(n) //mutant:delivery-counts-one-too-many
}

// Settle closes the account of a send of which no copy waits or is in flight. It returns how many alerts are lost, that
// is, accepted by no Alertmanager. If there was an Alertmanager (anyAlertmanager), the alerts that the relabelling of
// every set dropped do not count as lost.
func (a *Accounts) Settle(s *alerts.Send, anyAlertmanager bool) (lost int64) {
	before := a.Settled
	a.open--
	if unasked := int64(s.N) - s.Asked.Unique; anyAlertmanager && unasked > 0 {
		a.Total.Relabelled += unasked
		a.Total.Offered -= unasked
		a.Unasked += unasked
		a.Settled -= unasked
	}
	a.Settled += int64(s.N) - s.Taken.Unique
	return a.Settled - before
}

// Change returns the account so that the caller can change it, and marks it for the next Check.
func (p *PeerAccount) Change() *Account {
	a := p.of
	if n := len(a.changed); n == 0 || a.changed[n-1] != p {
		a.changed = append(a.changed, p)
		if a.Changed != nil {
			*a.Changed = true
		}
	}
	return &p.Account
}

// Fill completes the account of p with the copies that wait and that are in flight now, and with the numbers that the
// Alertmanager itself counts.
func (p *PeerAccount) Fill(queued, inFlight int64) *Account {
	a, c := &p.Account, p.counts
	a.Queued, a.InFlight = queued, inFlight
	a.Unique, a.Duplicates = c.Unique, c.Duplicates
	a.Late, a.FalseResolves, a.Refires, a.Resurrections = c.Late, c.FalseResolves, c.Refires, c.Resurrections
	return a
}

// Unchecked reports whether an account has changed since the last check.
func (a *Accounts) Unchecked() bool { return len(a.changed) > 0 }

// Check checks the changed accounts. It calls holds with the rank of a peer to learn how many copies wait for it and
// are in flight. The result lost is an error about the first account that does not add up; wrong is an error about the
// first account whose delivered copies differ from those that the Alertmanager acknowledged.
func (a *Accounts) Check(holds func(rank int) (queued, inFlight int64)) (lost, wrong error) {
	for _, p := range a.changed {
		c := &p.Account
		if c.Queued, c.InFlight = holds(p.Rank); c.Open() != c.Queued+c.InFlight && lost == nil {
			lost = fmt.Errorf("conservation: %s: %s", p.Address, c.Unbalanced())
		}
		if c.Delivered != p.acknowledged && wrong == nil {
			wrong = fmt.Errorf("receipts: %s: %d copies count as delivered, but the Alertmanager acknowledged %d",
				p.Address, c.Delivered, p.acknowledged)
		}
	}
	a.changed = a.changed[:0]
	return lost, wrong
}

// Ledger returns the accounts at this instant. Fill must have been called for all peers. waiting are the copies that
// wait or are in flight, blocked the calls of Send that wait for the manager's lock.
func (a *Accounts) Ledger(waiting alerts.Waiting, blocked []*alerts.Send) (Ledger, error) {
	l := Ledger{Totals: a.Total, Alertmanagers: map[string]Account{}}
	for _, p := range a.peers {
		l.Alertmanagers[p.Address] = p.Account
	}
	l.Pending = waiting.Pending()
	l.Lost = l.Offered - l.Delivered - l.Pending
	if l.Lost < a.Settled || a.open == 0 && l.Lost != a.Settled {
		return l, fmt.Errorf("conservation: lost is %d, but the closed sends lost %d (%d sends are open)", l.Lost, a.Settled,
			a.open)
	}
	for _, s := range blocked {
		l.Offered += int64(s.Offered())
		l.Pending += int64(s.Offered())
	}
	return l, nil
}

// Drop records that n copies for the Alertmanager of p were dropped for a reason.
func (p *PeerAccount) Drop(why core.Reason, n int) { p.Change().Dropped[why] += int64(n) }
