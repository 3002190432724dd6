package summary

import (
	"fmt"
	"strings"
	"time"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/notifier/core"
)

// alertmanagers is the sentence about the Alertmanagers: first those with a fault, then those that did not receive
// every copy, then all others.
func (s *summary) alertmanagers() string {
	var slowest time.Duration           // delay of those that received every copy
	var clauses, fine, partial []string // partial were sent a part of the copies, and received it
	names := map[string][]string{}      // by clause
	say := func(address string, clause string) {
		if names[clause] == nil {
			clauses = append(clauses, clause)
		}
		names[clause] = append(names[clause], s.name(address))
	}
	for _, address := range s.addresses {
		if ts := s.faults[address]; len(ts) > 0 {
			say(address, faultsOf(ts)+": "+s.cost(address))
		}
	}
	for _, address := range s.addresses {
		a := s.res.Ledger.Alertmanagers[address]
		switch {
		case len(s.faults[address]) > 0:
		case a.Dropped.Total()+a.Queued+a.InFlight > 0:
			say(address, fmt.Sprintf("received %s of %s: %s",
				text.Thousands(a.Delivered), text.Thousands(a.Offered), s.cost(address)))
		case a.Offered > 0 && a.Offered < s.res.Ledger.Offered:
			partial = append(partial, s.name(address))
		case a.Offered > 0:
			fine = append(fine, s.name(address))
			if d := s.res.Delivery[address]; d != nil {
				slowest = max(slowest, d.Max())
			}
		}
	}
	more := 0
	for i, clause := range clauses {
		if i >= maxNamed {
			more += len(names[clause])
			continue
		}
		who, each := inWords(names[clause]), ""
		if n := len(names[clause]); n > maxNamed {
			who = fmt.Sprintf("%s and %d others", names[clause][0], n-1)
		}
		if len(names[clause]) > 1 {
			each = " (each)"
		}
		clauses[i] = who + " " + clause + each
	}
	if clauses = clauses[:min(len(clauses), maxNamed)]; more > 0 {
		clauses = append(clauses, fmt.Sprintf("%s did not receive every copy", text.Count(more, "other")))
	}
	if n := len(fine); n > 0 {
		who := inWords(fine)
		if n > maxNamed && n == len(s.addresses) {
			who = fmt.Sprintf("all %d Alertmanagers", n)
		} else if n > maxNamed {
			who = fmt.Sprintf("the other %d", n)
		}
		clauses = append(clauses, who+" received every copy"+within(slowest))
	}
	if n := len(partial); n > maxNamed {
		clauses = append(clauses, fmt.Sprintf("%d more received every copy sent to them", n))
	} else if n > 0 {
		clauses = append(clauses, inWords(partial)+" received every copy sent to "+choose(int64(n), "it", "them"))
	}
	return sentence(strings.Join(clauses, "; "))
}

// within says how long the slowest delivery took, "" if it took no time.
func within(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	return " within " + rounded(d)
}

// rounded writes a duration to three digits, or to the second from a minute on.
func rounded(d time.Duration) string {
	if d >= time.Minute {
		return text.Duration(d.Round(time.Second))
	}
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return text.Duration(d.Round(unit))
}

// cost says what became of the copies that were sent to an Alertmanager and that it did not acknowledge.
func (s *summary) cost(address string) string {
	a := s.res.Ledger.Alertmanagers[address]
	failed, hung := "failed", len(s.faults[address]) > 0
	for _, t := range s.faults[address] {
		hung = hung && t.hang
	}
	if hung {
		failed = "timed out"
	}
	var parts []string
	add := func(n int64, what string) {
		switch {
		case n == 0:
		case len(parts) == 0:
			parts = append(parts, copies(n)+" "+what)
		default:
			parts = append(parts, text.Thousands(n)+" "+what)
		}
	}
	were := func(n int64, what string) { add(n, choose(n, "was ", "were ")+what) }
	d := a.Dropped
	add(d.Of(core.SendFailed), failed)
	add(d.Of(core.QueueFull), "overflowed")
	if len(parts) == 1 && d.Of(core.QueueFull) == 0 {
		parts = append(parts, "none overflowed")
	}
	add(d.Of(core.BatchTooLarge), "did not fit into the queue")
	were(d.Of(core.Removed), "dropped when it was removed")
	were(d.Of(core.ShutDown), "cut off by the shutdown")
	stored := a.Unique + a.Duplicates
	were(max(0, a.Delivered-stored), "answered 200 and not stored")
	if len(parts) > 0 {
		were(max(0, stored-a.Delivered), "stored without the sender receiving a response")
	}
	add(a.Queued, choose(a.Queued, "still waits", "still wait"))
	add(a.InFlight, choose(a.InFlight, "is", "are")+" still in flight")
	switch {
	case len(parts) > 0:
		return strings.Join(parts, ", ")
	case a.Offered == 0:
		return "it was sent nothing"
	}
	return "it still received every copy"
}
