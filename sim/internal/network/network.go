// Package network carries requests between senders and the Alertmanagers of a run: it has an Alertmanager decide about
// each request when it arrives, ends the request at the response, at the timeout or at a restart, and lets the
// Alertmanager take the copies that it accepts.
//
// Each request ends once, and its end is reported to the sender's Observer and to the engine that made it. The package
// knows no queue and no rule of the notifier.
//
// The package is internal to sim: it promises nothing to others.
package network

import (
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/world"
	"github.com/notifysim/notifysim/sim/ledger"
)

// An Alertmanager is one of the run, known to all senders by its address.
type Alertmanager struct {
	Address string
	// Rank is its place among all addresses, sorted.
	Rank int
	// Decides decides about requests.
	Decides *fakeam.Alertmanager
	// States are what it remembers of the alerts.
	States fakeam.AlertStates
	// Requests are those that have not ended, or of which it will still take copies.
	Requests []*Request
	// Windows count for expectations.
	Windows []*Window
	// Firing and Resolved count the copies that it received, by what they said when it took them.
	Firing, Resolved int64
	// FastForwarded says that a request to it is being fast-forwarded. Only one may be, since what it takes is
	// remembered in order.
	FastForwarded bool

	network *Network
	expiry  int64 // when its next expiry is planned, 0 or fakeam.Never if none is
}

// A Peer is an Alertmanager as one sender has it.
type Peer struct {
	*Alertmanager
	// Account is what the sender's ledger says of it.
	Account *ledger.PeerAccount
	// Targets are what it is in the sender's sets, and what it was as long as a request is under way.
	Targets []*Target
	// ResponsePlace and GiveUpPlace order, of one instant, its responses and what the sender does by itself, such as
	// giving up.
	ResponsePlace, GiveUpPlace int
}

// A Target is an Alertmanager of one set of a sender, from when it joins.
type Target struct {
	*Peer
	// AM is the Alertmanager as the notifier has it; its Tag is the Target.
	AM *core.Alertmanager
	// Gone says that it left.
	Gone bool
	// Queue is the engine's: what feeds it. Check is what the invariants keep about it.
	Queue any
	Check any
}

// Join makes am a target of p.
func (p *Peer) Join(am *core.Alertmanager) *Target {
	t := &Target{Peer: p, AM: am}
	am.Tag = t
	p.Targets = append(slices.DeleteFunc(p.Targets, func(o *Target) bool { return o.Gone && o.AM.InFlight() == 0 }), t)
	return t
}

// TargetOf returns the Target of an Alertmanager that joined.
func TargetOf(am *core.Alertmanager) *Target { return am.Tag.(*Target) }

// Timeout is after how many nanoseconds a request to it is given up.
func (t *Target) Timeout() int64 { return int64(time.Duration(t.AM.Set.Config.Timeout)) }

// Addresses are those of Alertmanagers.
func Addresses(ams []*core.Alertmanager) []string {
	list := make([]string, 0, len(ams))
	for _, am := range ams {
		list = append(list, am.Address())
	}
	return list
}

// An Observer books what happens to the requests of one sender.
type Observer interface {
	// Posted says that requests of r to its target went out, one after the other at the times of posts, which carry
	// segs together, at most largest copies each.
	Posted(r *Request, segs []alerts.Segment, largest int, posts []ledger.Step)
	// Delivered says that requests of r, which carried steps, were answered 2xx in time.
	Delivered(r *Request, steps []ledger.Steps, requests int)
	// Ended says that r ended, as text says.
	Ended(r *Request, o core.Outcome, text string)
	// TakenLate says that an Alertmanager takes n copies of a request that its sender gave up.
	TakenLate(r *Request, spans []alerts.Span, n int)
}

// A Network is the Alertmanagers of a run.
type Network struct {
	*world.World
	// ReadsBody says that senders read the body of a response before the request ends.
	ReadsBody bool
	// New makes what decides at an address.
	New func(address string, b fakeam.Behaviour) *fakeam.Alertmanager
	// Disturbed is called when an event may give the notifiers new work: quiescence is measured from then on.
	Disturbed func()

	alertmanagers []*Alertmanager // sorted by address
	byAddress     map[string]*Alertmanager
	accounts      []*ledger.Accounts // by sender
	peers         [][]*Peer          // by sender and rank
	free          []*Request
}

// NewNetwork returns a Network of senders with these accounts.
func NewNetwork(w *world.World, accounts []*ledger.Accounts) *Network {
	return &Network{
		World: w, byAddress: map[string]*Alertmanager{}, accounts: accounts, peers: make([][]*Peer, len(accounts)),
	}
}

// Alertmanagers are all of them, sorted by address. The caller must not change them.
func (n *Network) Alertmanagers() []*Alertmanager { return n.alertmanagers }

// Peers are the Alertmanagers as a sender has them, sorted by address. The caller must not change them.
func (n *Network) Peers(sender int) []*Peer { return n.peers[sender] }

// Alertmanager returns the one at an address.
func (n *Network) Alertmanager(address string) *Alertmanager {
	return n.Behaving(address, fakeam.Behaviour{})
}

// Peer returns the Alertmanager at an address as a sender has it.
func (n *Network) Peer(sender int, address string) *Peer {
	return n.peers[sender][n.Alertmanager(address).Rank]
}

// Behaving returns the Alertmanager at an address, which behaves as b says if it is new.
func (n *Network) Behaving(address string, b fakeam.Behaviour) *Alertmanager {
	if am := n.byAddress[address]; am != nil {
		return am
	}
	am := &Alertmanager{Address: address, Decides: n.New(address, b), network: n}
	n.byAddress[address] = am
	i, _ := slices.BinarySearchFunc(n.alertmanagers, address,
		func(am *Alertmanager, a string) int { return strings.Compare(am.Address, a) })
	n.alertmanagers = slices.Insert(n.alertmanagers, i, am)
	for rank, am := range n.alertmanagers {
		am.Rank = rank
	}
	for sender, peers := range n.peers {
		p := &Peer{Alertmanager: am, Account: n.accounts[sender].AddPeer(i, address, &am.States.Counts)}
		n.peers[sender] = slices.Insert(peers, i, p)
		for rank, p := range n.peers[sender] {
			p.ResponsePlace, p.GiveUpPlace = n.places(sender, rank)
		}
	}
	return am
}

// places order, of one instant, the responses of the Alertmanager with a rank, and what a sender does by itself about
// requests to it. What senders do by themselves comes first, one sender after the other, as managers in bubbles report
// it.
func (n *Network) places(sender, rank int) (response, giveUp int) {
	if len(n.peers) == 1 {
		return rank, rank
	}
	return 1<<24 + rank*len(n.peers) + sender, sender<<16 + rank
}
