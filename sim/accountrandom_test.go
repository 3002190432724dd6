package sim_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/internal/trace"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/fuzz"
)

// The account of random scenarios equals one that replays the store of every Alertmanager, request by request.
// ACCOUNTS is the number of scenarios; `make accounts` runs 2,000.
func TestAccountsOfRandomScenarios(t *testing.T) {
	n := 100
	if s := os.Getenv("ACCOUNTS"); s != "" {
		var err error
		n, err = strconv.Atoi(s)
		require.NoError(t, err)
	}
	start := time.Now()
	releases := []string{"v2.5", "v2.11", "v3.9", "v3.16"} // in which a set does not see the relabelling of others
	durations := []string{"70s", "3m", "6m", "20m", "45m"}
	var seen plainAccount
	undecided := 0
	for seed := range uint64(n) {
		draft, duration := fuzz.NewDraft(releases[seed%4], seed), durations[seed%5]
		diff := differenceOfAccounts(t, draft, duration, &seen)
		if diff == "undecided" {
			undecided++
		} else if diff != "" {
			small := draft.Shrink(func(d *fuzz.Draft) bool {
				diff := differenceOfAccounts(t, d, duration, &plainAccount{})
				return diff != "" && diff != "undecided"
			})
			t.Fatalf("seed %d, duration %s:\n%s\n%s", seed, duration, small.Text(),
				differenceOfAccounts(t, small, duration, &plainAccount{}))
		}
	}
	require.Less(t, undecided, n/10+1)
	for what, count := range map[string]int64{
		"alerts": seen.alerts, "missed": seen.missed, "falsely resolved": seen.falselyResolved,
		"late resolves": int64(seen.late.longest),
	} {
		require.Positive(t, count, what)
	}
	t.Logf("%d scenarios, %d of them undecided: %v; in %v", n, undecided, seen, time.Since(start).Round(time.Millisecond))
}

// differenceOfAccounts runs a draft for a time and returns how its account differs from the slow one, "" if it does
// not, and "undecided" if the trace does not tell what an Alertmanager stored. It adds the account to seen.
func differenceOfAccounts(t *testing.T, d *fuzz.Draft, duration string, seen *plainAccount) string {
	name := "  - name: drawn\n"
	text := bytes.Replace(d.Text(), []byte(name), []byte(name+"    duration: "+duration+"\n"), 1)
	file, err := scenarios.Parse("drawn.yml", text)
	if err != nil {
		return "" // left out parts made it invalid
	}
	h, err := record(t, file, file.Tests[0], file.Releases[0])
	if errors.Is(err, sim.ErrUnobservable) {
		return "undecided"
	}
	require.NoError(t, err)
	if strings.Contains(string(text), "slow_body") && openRequests(h.events) > 0 {
		return "undecided" // an Alertmanager may have stored copies of a request whose response is not complete
	}
	r := newReplay(t, file, h)
	want := plainAccounts(r.alerts(), r.addresses, file.Tests[0].Duration)
	for _, a := range want {
		seen.merge(a)
	}
	lines := func(all map[string]plainAccount) (list []string) {
		for _, address := range slices.Sorted(maps.Keys(all)) {
			list = append(list, strings.Split(fmt.Sprintf("%s: %v", address, all[address]), "\n")...)
		}
		return list
	}
	return cmp.Diff(lines(want), lines(plainOf(h.result)))
}

func (a *plainAccount) merge(b plainAccount) {
	a.alerts, a.missed, a.falselyResolved = a.alerts+b.alerts, a.missed+b.missed, a.falselyResolved+b.falselyResolved
	for to, from := range map[*sum]sum{
		&a.first: b.first, &a.uncovered: b.uncovered, &a.falseResolves: b.falseResolves, &a.late: b.late,
	} {
		*to = sum{
			to.count + from.count, to.endless + from.endless, to.total + from.total, max(to.longest, from.longest),
		}
	}
}

// openRequests returns how many requests had not ended at the end of the run.
func openRequests(events []sim.Event) int {
	n := 0
	for _, e := range events {
		switch e.Kind {
		case trace.KindPost:
			n++
		case trace.KindAnswer:
			n--
		}
	}
	return n
}
