// Package summary says in a few sentences what happened in a run: which Alertmanager had which fault, what that cost,
// and what became of the alerts as a whole.
//
// It promises that every number it names is a number of the result. It reads the scenario and the result, and nothing
// else; it never runs anything. The sentences are for people: programs should read the result.
package summary

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/ledger"
)

// Of says in a few sentences what happened in a run of test t of f under a release: which Alertmanagers were at fault
// and what that cost them, how the others fared, and what reached nobody.
//
//	am-b hung for 15m: 21,000 alerts timed out, none overflowed; am-a got everything. Nothing was lost.
func Of(f *scenarios.File, t *scenarios.Test, rel *core.Release, res *sim.Result) string {
	s := summary{file: f, test: t, release: rel, res: res, faults: map[string][]fault{}}
	s.addresses = slices.Sorted(maps.Keys(res.Ledger.Alertmanagers))
	for _, am := range t.Alertmanagers {
		s.addFault(am.Address, am.Behaviour.Fault, "all along")
		if st := am.Behaviour.Stall; st != (fakeam.Stall{}) {
			s.faults[am.Address] = append(s.faults[am.Address], fault{
				what: fmt.Sprintf("stalled for %s every %s", text.Duration(st.For), text.Duration(st.Every)),
			})
		}
	}
	for _, e := range t.Timeline {
		if e.Fault == nil || int64(e.At) > res.End {
			continue
		}
		span := "from " + text.Duration(e.At) + " on"
		if e.Fault.For > 0 {
			span = "for " + text.Duration(e.Fault.For)
		}
		s.addFault(e.Fault.Target, e.Fault.Fault, span)
	}
	return strings.Join(slices.DeleteFunc([]string{s.alertmanagers(), s.losses(), s.replicas(), s.falseResolves(),
		s.blockedSends()},
		func(s string) bool { return s == "" }), " ")
}

// A summary is what the sentences are made from.
type summary struct {
	file      *scenarios.File
	test      *scenarios.Test
	release   *core.Release
	res       *sim.Result
	addresses []string
	faults    map[string][]fault // of an Alertmanager, in the order of their times
}

// A fault is what was wrong with an Alertmanager.
type fault struct {
	what, span string
	hang       bool
}

// The most Alertmanagers that are spoken of one by one.
const maxSpokenOf = 3

// addFault notes a fault of the Alertmanager at an address.
func (s *summary) addFault(address string, f fakeam.Fault, span string) {
	var what string
	switch {
	case f.Hang:
		what = "hung"
	case f.Refuse:
		what = "refused connections"
	case f.Reset:
		what = "reset connections"
	case f.Status != 0:
		what = fmt.Sprintf("answered %d", f.Status)
	case f.LoseResponse:
		what = "took alerts without an answer"
	case f.Truncate:
		what = "broke off its answers"
	case f.SlowBody != 0:
		what = "took " + text.Duration(f.SlowBody) + " to finish an answer"
	case f.Partial != 0:
		what = "refused a part of each batch"
	case f.WrongContent:
		what = "was somebody else"
	case f.TLS:
		what = "spoke TLS"
	case f.RateLimit != 0:
		what = fmt.Sprintf("let %d requests a second pass", f.RateLimit)
	default:
		return
	}
	if f.Probability != 0 && f.Probability != 1 || f.Ramp != 0 || f.Every != 0 || f.After != 0 || f.First != 0 {
		what += " at times"
	}
	s.faults[address] = append(s.faults[address], fault{what, span, f.Hang})
}

// alertmanagers is the sentence about each of them: first those at fault, then those that lost alerts, then all others.
func (s *summary) alertmanagers() string {
	var slowest time.Duration          // delay of those that got everything
	var clauses, fine, parted []string // parted were not there all the time
	names := map[string][]string{}     // by clause
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
			say(address, fmt.Sprintf("got %s of %s: %s",
				text.Thousands(a.Delivered), text.Thousands(a.Offered), s.cost(address)))
		case a.Offered > 0 && a.Offered < s.res.Ledger.Offered:
			parted = append(parted, s.name(address))
		case a.Offered > 0:
			fine = append(fine, s.name(address))
			if d := s.res.Delivery[address]; d != nil {
				slowest = max(slowest, d.Max())
			}
		}
	}
	more := 0
	for i, clause := range clauses {
		if i >= maxSpokenOf {
			more += len(names[clause])
			continue
		}
		who, each := inWords(names[clause]), ""
		if n := len(names[clause]); n > maxSpokenOf {
			who = fmt.Sprintf("%s and %d others", names[clause][0], n-1)
		}
		if len(names[clause]) > 1 {
			each = " (each)"
		}
		clauses[i] = who + " " + clause + each
	}
	if clauses = clauses[:min(len(clauses), maxSpokenOf)]; more > 0 {
		clauses = append(clauses, fmt.Sprintf("%s did not get everything", plural(more, "other")))
	}
	if n := len(fine); n > 0 {
		who := inWords(fine)
		if n > maxSpokenOf && n == len(s.addresses) {
			who = fmt.Sprintf("all %d Alertmanagers", n)
		} else if n > maxSpokenOf {
			who = fmt.Sprintf("the other %d", n)
		}
		clauses = append(clauses, who+" got everything"+within(slowest))
	}
	if n := len(parted); n > maxSpokenOf {
		clauses = append(clauses, fmt.Sprintf("%d more got all that was for them", n))
	} else if n > 0 {
		clauses = append(clauses, inWords(parted)+" got all that was for "+map[bool]string{true: "it", false: "them"}[n == 1])
	}
	return sentence(strings.Join(clauses, "; "))
}

// within says how long all took, to three digits; what is at once goes without saying.
func within(d time.Duration) string {
	if d <= 0 {
		return ""
	}
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	if rounded := d.Round(unit); d < time.Minute {
		return " within " + text.Duration(rounded)
	}
	return " within " + text.Duration(d.Round(time.Second))
}

// faultsOf says what was wrong.
func faultsOf(ts []fault) string {
	var parts []string
	for _, t := range ts {
		parts = append(parts, strings.TrimSpace(t.what+" "+t.span))
	}
	if n := len(parts); n > maxSpokenOf {
		return fmt.Sprintf("%s, then %s", parts[0], plural(n-1, "other fault"))
	}
	return inWords(parts)
}

// cost says what became of the alerts that an Alertmanager did not take.
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
	say := func(n int64, what string) {
		switch {
		case n == 0:
		case len(parts) == 0:
			parts = append(parts, plural64(n, "alert")+" "+what)
		default:
			parts = append(parts, text.Thousands(n)+" "+what)
		}
	}
	d := a.Dropped
	say(d.Of(core.SendFailed), failed)
	say(d.Of(core.QueueFull), "overflowed")
	if len(parts) == 1 && d.Of(core.QueueFull) == 0 {
		parts = append(parts, "none overflowed")
	}
	say(d.Of(core.BatchTooLarge), "did not fit into the queue")
	say(d.Of(core.Removed), "went with it when it was removed")
	say(d.Of(core.ShutDown), "were cut off by the shutdown")
	taken := a.Unique + a.Duplicates
	say(max(0, a.Delivered-taken), "were answered 200 and not taken")
	if len(parts) > 0 {
		say(max(0, taken-a.Delivered), "it had taken without its sender knowing")
	}
	say(a.Queued, "still wait")
	say(a.InFlight, "are still in flight")
	switch {
	case len(parts) > 0:
		return strings.Join(parts, ", ")
	case a.Offered == 0:
		return "it was sent nothing"
	}
	return "it got everything all the same"
}

// losses is the sentence about what reached nobody, and why.
func (s *summary) losses() string {
	l := s.res.Ledger
	var dropped ledger.Dropped
	for _, a := range l.Alertmanagers {
		for why, n := range a.Dropped {
			dropped[why] += n
		}
	}
	switch {
	case l.Offered == 0 && l.Relabelled > 0:
		return sentence("relabelling dropped all alerts: nothing was sent")
	case l.Offered == 0:
		return "Nothing was sent."
	case l.Lost == 0 && l.Pending > 0:
		return sentence(fmt.Sprintf("nothing was lost, but %s at the end", stillWait(l.Pending)))
	case l.Lost == 0:
		return "Nothing was lost."
	}
	lost := fmt.Sprintf("%s of %s alerts reached nobody", text.Thousands(l.Lost), text.Thousands(l.Offered))
	if l.Lost == l.Offered {
		lost = fmt.Sprintf("all %s alerts reached nobody", text.Thousands(l.Lost))
	}
	capacity := text.Thousands(int64(s.file.Flags.QueueCapacity))
	switch {
	case dropped.Total() == 0:
		lost += ": no Alertmanager was known when they were sent"
	case dropped.Of(core.BatchTooLarge) > 0:
		lost += ": a send was larger than the queue of " + capacity
	case dropped.Of(core.QueueFull) > 0 && s.release.Queues == core.Shared && len(s.addresses) > 1:
		lost += fmt.Sprintf(": under %s all Alertmanagers share one queue, and it moves at the pace of the slowest",
			s.release.Name)
	case dropped.Of(core.QueueFull) > 0:
		lost += ": the queue of " + capacity + " was full"
	}
	return sentence(lost)
}

// falseResolves is the sentence about alerts that resolved at Alertmanagers while they fired.
func (s *summary) falseResolves() string {
	var who []string
	var n int64
	for _, address := range s.addresses {
		if a := s.res.Ledger.Alertmanagers[address]; a.FalseResolves > 0 {
			who = append(who, s.name(address))
			n += a.FalseResolves
		}
	}
	if n == 0 {
		return ""
	}
	if len(who) > maxSpokenOf {
		who = []string{fmt.Sprintf("%d Alertmanagers", len(who))}
	}
	return sentence(fmt.Sprintf("%s resolved at %s while %s still fired", plural64(n, "alert"), inWords(who),
		map[bool]string{true: "it", false: "they"}[n == 1]))
}

// blockedSends is the sentence about calls of Send that had to wait.
func (s *summary) blockedSends() string {
	if l := s.res.Ledger; l.Blocked > 0 {
		return sentence(fmt.Sprintf("%s of %s to Send waited for the notifier's lock",
			text.Thousands(l.Blocked), plural64(l.Sends, "call")))
	}
	return ""
}

// name is an address without its port, unless another host has it too.
func (s *summary) name(address string) string {
	host, _, ok := strings.Cut(address, ":")
	if !ok || host == "" || strings.Contains(host, "[") {
		return address
	}
	for _, other := range s.addresses {
		if other != address && strings.HasPrefix(other, host+":") {
			return address
		}
	}
	return host
}
