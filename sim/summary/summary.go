// Package summary says in a few sentences what happened in a run: which Alertmanager had which fault, what that cost,
// and what became of the alerts as a whole.
//
// It promises that every number it names is a number of the result. It reads the scenario and the result, and nothing
// else; it never runs anything. The sentences are for people: programs should read the result.
package summary

import (
	"maps"
	"slices"
	"strings"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// Of says in a few sentences what happened in a run of test t of f under a release: how soon the alerts were known to
// an Alertmanager, and which were resolved while they fired; then which Alertmanagers had faults and which copies of
// alerts those cost them, what the others received, and how many copies no Alertmanager accepted.
//
//	3,000 alerts fired, and all were known at once. 3,000 were resolved at am-b while they fired, for up to 11m.
//	am-b hung for 15m: 21,000 copies timed out, none overflowed; am-a received every copy. Nothing was lost.
func Of(f *scenarios.File, t *scenarios.Test, rel *core.Release, res *sim.Result) string {
	s := summary{file: f, test: t, release: rel, res: res, faults: map[string][]fault{}}
	s.addresses = slices.Sorted(maps.Keys(res.Ledger.Alertmanagers))
	s.addFaults()
	sentences := []string{
		s.alerts(), s.falseResolves(), s.alertmanagers(), s.losses(), s.replicas(), s.blockedSends(),
	}
	return strings.Join(slices.DeleteFunc(sentences, func(s string) bool { return s == "" }), " ")
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

// maxNamed is how many Alertmanagers a sentence names at most; it counts the others.
const maxNamed = 3

// name is an address without its port, unless another address has the same host.
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
