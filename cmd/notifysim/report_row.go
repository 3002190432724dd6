package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/sim/ledger"
)

// A row sums up the runs of one test and release over their seeds.
type row struct {
	job       job // the first
	runs, bad int
	crossed   int      // of the bad, those that crossed thresholds and nothing else
	seeds     []uint64 // that failed, but for the first
	known     int      // runs with failures that were known
	whole     account
	story     string // what happened in the first run
	peers     map[string]*account
	replicas  []*account // if there are several
	lostByAll count      // of them
}

// An account is what the ledgers of a row's runs say.
type account struct {
	offered, delivered, lost, pending, relabelled, blocked count
	dropped                                                [5]count
	queued, inFlight                                       count
}

// A count is the smallest and the largest number over several runs.
type count struct {
	from, to int64
	given    bool
}

func (c *count) add(n int64) {
	if !c.given {
		c.from, c.to, c.given = n, n, true
	}
	c.from, c.to = min(c.from, n), max(c.to, n)
}

func (c count) String() string {
	if c.from == c.to {
		return fmt.Sprint(c.from)
	}
	return fmt.Sprintf("%d–%d", c.from, c.to)
}

func (w *row) add(l *ledger.Ledger) {
	w.runs++
	w.whole.offered.add(l.Offered)
	w.whole.delivered.add(l.Delivered)
	w.whole.lost.add(l.Lost)
	w.whole.pending.add(l.Pending)
	w.whole.relabelled.add(l.Relabelled)
	w.whole.blocked.add(l.Blocked)
	if l.LostByAll != nil {
		w.lostByAll.add(*l.LostByAll)
	}
	for i, r := range l.Replicas {
		if i == len(w.replicas) {
			w.replicas = append(w.replicas, &account{})
		}
		a := w.replicas[i]
		a.offered.add(r.Offered)
		a.delivered.add(r.Delivered)
		a.lost.add(r.Lost)
		a.pending.add(r.Pending)
		a.relabelled.add(r.Relabelled)
		a.blocked.add(r.Blocked)
	}
	for address, a := range l.Alertmanagers {
		p := w.peers[address]
		if p == nil {
			p = &account{}
			w.peers[address] = p
		}
		p.offered.add(a.Offered)
		p.delivered.add(a.Delivered)
		p.queued.add(a.Queued)
		p.inFlight.add(a.InFlight)
		for _, reason := range core.Reasons() {
			p.dropped[reason].add(a.Dropped.Of(reason))
		}
	}
}

// rest says of what was neither delivered nor lost without a trace where it is, or why it is gone.
func (a *account) rest() string {
	var parts []string
	say := func(what string, c count) {
		if c.to > 0 {
			parts = append(parts, what+" "+c.String())
		}
	}
	for _, reason := range core.Reasons() {
		say(reason.String(), a.dropped[reason])
	}
	say("queued", a.queued)
	say("in_flight", a.inFlight)
	say("pending", a.pending)
	say("relabelled", a.relabelled)
	say("blocked sends", a.blocked)
	return strings.Join(parts, ", ")
}

// colours reports whether output to w has colours.
func colours(w io.Writer) bool {
	return isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// A painter colours text for a terminal; the zero painter leaves it as it is.
type painter bool

func (p painter) paint(code, s string) string {
	if !p {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p painter) red(s string) string    { return p.paint("31;1", s) }
func (p painter) green(s string) string  { return p.paint("32", s) }
func (p painter) yellow(s string) string { return p.paint("33", s) }
func (p painter) bold(s string) string   { return p.paint("1", s) }
func (p painter) dim(s string) string    { return p.paint("2", s) }
