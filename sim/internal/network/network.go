// Package network carries requests between the senders and the Alertmanagers of a run. When a request arrives, its
// Alertmanager decides on the response. The package ends the request at the response, at the timeout or at a restart of
// the Alertmanager, and stores the accepted copies in the Alertmanager's state.
//
// Every request ends exactly once. The package reports its end to the sender's Observer and to the engine that made it.
// The package knows no queue and no rule of the notifier.
//
// The package is internal to sim: it promises nothing to others.
package network

import (
	"slices"
	"strings"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/internal/alerts"
	"github.com/notifysim/notifysim/sim/internal/world"
	"github.com/notifysim/notifysim/sim/ledger"
)

// An Alertmanager is one Alertmanager of the run. All senders share it and know it by its address.
type Alertmanager struct {
	Address string
	// Rank is the index of its address among all addresses in sorted order.
	Rank int
	// Decides decides on the responses to its requests.
	Decides *fakeam.Alertmanager
	// States holds the states of the alerts that it stores.
	States fakeam.AlertStates
	// Requests holds the requests that have not ended, and those that have ended but whose copies it will still store.
	Requests []*Request
	// Windows are the time windows in which expectations count what it receives.
	Windows []*Window
	// V1 and V2 count the copies that it stored, by the version of the API that they were posted to.
	V1, V2 Received
	// FastForwarded says that a request to it is being fast-forwarded. Only one request at a time may be, because an
	// Alertmanager stores copies in order.
	FastForwarded bool

	network *Network
	number  int   // its number in the account of alerts
	expiry  int64 // the time of its next planned expiry; 0 or fakeam.Never if none is planned
}

// Received counts the copies that an Alertmanager stored, by the state that each had when it was stored.
type Received struct{ Firing, Resolved int64 }

// A Peer is an Alertmanager from the point of view of one sender.
type Peer struct {
	*Alertmanager
	// Account is its account in the ledger of the sender.
	Account *ledger.PeerAccount
	// Targets has an element for each of the sender's sets that contain it. If it has left a set while a request of
	// that set is in flight, the element stays until the request ends.
	Targets []*Target
	// ResponsePlace is its position among the responses of one instant, GiveUpPlace that among the timeouts.
	ResponsePlace, GiveUpPlace int
}

// A Target is an Alertmanager as a member of one set of one sender. If it leaves the set and joins again, that is a new
// Target.
type Target struct {
	*Peer
	// AM is the Alertmanager as the core of the notifier represents it; its Tag is the Target.
	AM  *core.Alertmanager
	set *core.Set // that inSet recorded last
	// Gone says that it has left the set.
	Gone bool
	// Queue belongs to the engine, which stores here the queue that feeds the target. Check belongs to the invariants,
	// which store their state of the target here.
	Queue any
	Check any
}

// Join makes am a target of p.
func (p *Peer) Join(am *core.Alertmanager) *Target {
	t := &Target{Peer: p, AM: am}
	am.Tag = t
	t.inSet()
	p.Targets = append(slices.DeleteFunc(p.Targets, func(o *Target) bool { return o.Gone && o.AM.InFlight() == 0 }), t)
	return t
}

// inSet records the Alertmanager set that t is in. A reload that keeps an Alertmanager gives it another set.
func (t *Target) inSet() {
	if set := t.AM.Set; set != t.set {
		t.set = set
		t.network.AlertLog.Joins(t.number, set, len(set.Config.AlertRelabelConfigs) > 0)
	}
}

// TargetOf returns the Target of an Alertmanager that has joined.
func TargetOf(am *core.Alertmanager) *Target { return am.Tag.(*Target) }

// Addresses returns the addresses of Alertmanagers.
func Addresses(ams []*core.Alertmanager) []string {
	list := make([]string, 0, len(ams))
	for _, am := range ams {
		list = append(list, am.Address())
	}
	return list
}

// An Observer records what happens to the requests of one sender.
type Observer interface {
	// Posted reports that requests to the target of r went out one after the other, at the times of posts. Together
	// they carry segs, and each carries at most largest copies.
	Posted(r *Request, segs []alerts.Segment, largest int, posts []ledger.Step)
	// Delivered reports that so many requests to the target of r were answered 2xx in time. steps are the copies that
	// they carried.
	Delivered(r *Request, steps []ledger.Steps, requests int)
	// Ended reports that r ended without delivery; text describes the outcome in the trace.
	Ended(r *Request, o core.Outcome, text string)
	// TakenLate reports that an Alertmanager stores n copies of a request whose sender has already timed out.
	TakenLate(r *Request, spans []alerts.Span, n int)
}

// A Network connects the senders and the Alertmanagers of a run.
type Network struct {
	*world.World
	// ReadsBody says that a request ends only when the sender has read the body of the response.
	ReadsBody bool
	// New returns the Alertmanager at an address, which decides on its responses.
	New func(address string, b fakeam.Behaviour) *fakeam.Alertmanager
	// AlertLog records which alerts the Alertmanagers know.
	AlertLog *ledger.AlertLog
	// LastEnd is the time at which a request last ended.
	LastEnd int64
	// Disturbed is called when an event may give the notifiers new work. It restarts the time within which they must
	// become idle.
	Disturbed func()

	alertmanagers []*Alertmanager // sorted by address
	byAddress     map[string]*Alertmanager
	accounts      []*ledger.Accounts // by sender
	peers         [][]*Peer          // by sender and rank
	free          []*Request
}

// NewNetwork returns a Network without Alertmanagers. It has one sender for each of the accounts.
func NewNetwork(w *world.World, accounts []*ledger.Accounts, log *ledger.AlertLog) *Network {
	return &Network{
		World: w, AlertLog: log, byAddress: map[string]*Alertmanager{}, accounts: accounts,
		peers: make([][]*Peer, len(accounts)),
	}
}

// Alertmanagers returns all Alertmanagers, sorted by address. The caller must not change the slice.
func (n *Network) Alertmanagers() []*Alertmanager { return n.alertmanagers }

// Peers returns a sender's peers, sorted by address. The caller must not change the slice.
func (n *Network) Peers(sender int) []*Peer { return n.peers[sender] }

// Alertmanager returns the Alertmanager at an address. If there is none, it makes one with the default behaviour.
func (n *Network) Alertmanager(address string) *Alertmanager {
	return n.Behaving(address, fakeam.Behaviour{})
}

// Peer returns a sender's peer at an address.
func (n *Network) Peer(sender int, address string) *Peer {
	return n.peers[sender][n.Alertmanager(address).Rank]
}

// Behaving returns the Alertmanager at an address. If there is none, it makes one with the behaviour b.
func (n *Network) Behaving(address string, b fakeam.Behaviour) *Alertmanager {
	if am := n.byAddress[address]; am != nil {
		return am
	}
	am := &Alertmanager{
		Address: address, Decides: n.New(address, b), network: n, number: n.AlertLog.NewAlertmanager(address),
	}
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

// places returns the positions of the Alertmanager with a rank among the responses of one instant, and among the
// timeouts. With several senders, timeouts happen sender by sender, because managers in bubbles report them in this
// order.
func (n *Network) places(sender, rank int) (response, giveUp int) {
	return rank*len(n.peers) + sender, sender<<16 + rank
}
