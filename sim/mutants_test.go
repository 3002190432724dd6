package sim_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/internal/mutate"
)

// A mutant is a rule of the code broken on purpose, at the line with the comment //mutant: and the mutant's name. All
// tests that the other fields name must notice it.
type mutant struct {
	name   string
	broken mutate.Operator

	test      string // the test of the library that must fail, or part of its name
	invariant string // the invariant that must be violated in random scenarios
	fuzz      bool   // whether notifysim fuzz --engine manager must find it
}

// The tests that must notice a mutant.
const (
	library = "TestLibrary"
	engines = "TestEnginesAgreeOnTheLibrary" // compares metrics and bodies, which the library alone does not check
	random  = "TestInvariantsHoldOnRandomScenarios"
	byFuzz  = true
)

// takeNewest replaces a method of the queue: it takes the newest alerts instead of the oldest.
const takeNewest = `func(max int) Segment[S] {
	last := &q.ring[(q.head+q.used-1)&(len(q.ring)-1)]
	newest := *last
	if newest.Len() > max {
		*last, newest = last.split(last.Len() - max)
	} else {
		q.used--
	}
	q.length -= newest.Len()
	return newest
}`

// mutants are rules broken on purpose, to show that the tests notice it.
var mutants = []mutant{
	{"newest-is-dropped", mutate.Call(takeNewest), library, "oldest_dropped_first", byFuzz},
	{"capacity-is-one-less", mutate.PlusOne(), library, "", !byFuzz},
	{"large-send-loses-its-newest", mutate.Instead("seg, oldest = seg.split(seg.Len() - d)"), library, "", !byFuzz},
	{"request-exceeds-the-batch-size", mutate.Skip(), library, "batch_bound", byFuzz},
	{"wake-up-is-forgotten", mutate.Never(), library, "quiesces", byFuzz},
	{"batch-ends-with-the-fastest", mutate.Never(), library, "", !byFuzz},
	{"send-does-not-wait-for-a-drain", mutate.Never(), library, "", !byFuzz},
	{"duplicate-is-posted-twice", mutate.Never(), library, "targets_unique", byFuzz},
	{"external-label-replaces-the-alerts-own", mutate.Always(), library, "", !byFuzz},
	{"relabelling-drops-nothing", mutate.Always(), library, "", !byFuzz},
	{"queue-is-not-drained", mutate.Always(), library, "", !byFuzz},
	{"busy-loop-takes-target-updates", mutate.Always(), library, "", !byFuzz},
	{
		"failed-request-counts-as-delivered", mutate.Instead("req.To.Account.Change().Delivered += int64(req.N)"),
		library, "", !byFuzz,
	},
	{"alert-is-resent-too-early", mutate.Unless("s.active && s.lastSent+delay == now"), library, "", !byFuzz},
	{"resolved-alert-is-forgotten-at-once", mutate.Or("!firing && s.active"), library, "", !byFuzz},
	{"errors-count-requests", mutate.Value("1"), engines, "", !byFuzz},
	{"failures-count-as-sent", mutate.Never(), engines, "", byFuzz},
	{"series-outlives-its-alertmanager", mutate.Never(), engines, "", !byFuzz},
	{"drop-counts-one-too-many", mutate.PlusOne(), engines, "metrics_match_ledger", byFuzz},
	{"start-has-a-wrong-key", mutate.Value("`,\"startAt\":`"), engines, "", !byFuzz},

	{"delivery-counts-one-too-many", mutate.PlusOne(), "", "conservation", !byFuzz},
	{"queue-holds-one-too-many", mutate.After("l.Queue.Capacity++"), "", "queue_bound", byFuzz},
	{"batch-is-reversed", mutate.After("slices.Reverse(b.Segments)"), "", "fifo", byFuzz},
	{"drain-overtakes-the-batch-in-flight", mutate.Never(), "", "one_request_per_alertmanager", !byFuzz},
	{
		"removed-alertmanager-is-still-fed", mutate.Instead("if len(c.shared.Targets) > 0 { return }"),
		"", "no_send_after_removal", !byFuzz,
	},
	{"send-waits-for-the-batch-in-flight", mutate.Or("c.BatchInFlight()"), "", "send_never_blocks", !byFuzz},
	{"shared-queue-counts-no-drops", mutate.Skip(), "", "losses_are_counted", !byFuzz},
	{"one-alertmanager-of-any-set-suffices", mutate.Always(), "", "at_least_one_per_set", !byFuzz},

	{"redirection-counts-as-success", mutate.Unless("resp.StatusCode/100 == 3"), "", "", byFuzz},
	{"timeout-is-doubled", mutate.Value("2 * $"), "", "", byFuzz},
}

// overlay returns a file for the flag -overlay of go build. One build with it serves all mutants.
func overlay(t *testing.T) string {
	t.Helper()
	operators := map[string]mutate.Operator{}
	for _, m := range mutants {
		require.NotContains(t, operators, m.name)
		operators[m.name] = m.broken
	}
	path, err := mutate.Overlay("..", t.TempDir(), operators)
	require.NoError(t, err)
	return path
}

// Every mutant has exactly one marked line, and every marker has a mutant.
func TestMutantsAreMarked(t *testing.T) { overlay(t) }

// Each mutant makes its test fail, and without a mutant the tests pass.
func TestMutantsAreCaught(t *testing.T) {
	if testing.Short() {
		t.Skip("this test compiles the package again, which takes long")
	}
	binary := filepath.Join(t.TempDir(), "sim.test")
	out, err := exec.Command("go", "test", "-c", "-overlay", overlay(t), "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, "%s", out)
	run := func(test, mutant string, flags ...string) (string, error) {
		cmd := exec.Command(binary, append(flags, "-test.run", "^"+test+"$", "-test.short", "-test.timeout", "180s")...)
		cmd.Env = append(os.Environ(), mutate.Env(mutant))
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	for _, test := range []string{engines, random, library} {
		t.Run("none/"+test, func(t *testing.T) {
			t.Parallel() // each mutant runs in a process of its own
			healthy, err := run(test, "")
			require.NoError(t, err, "%s", healthy)
		})
	}
	for _, m := range mutants {
		if m.test != "" {
			t.Run(m.name, func(t *testing.T) {
				t.Parallel()
				out, err := run(m.test, m.name, "-test.failfast")
				require.Error(t, err, "no scenario of the library failed")
				require.Contains(t, out, "--- FAIL: "+m.test+"/")
			})
		}
		if m.invariant != "" {
			t.Run(m.invariant+"/"+m.name, func(t *testing.T) {
				t.Parallel()
				out, err := run(random, m.name)
				require.Error(t, err, "no invariant was violated")
				broken := "invariant " + m.invariant + ":"
				require.Contains(t, out, broken)
				n := strings.Count(out, broken)
				t.Logf("the invariant was violated %d times, other invariants %d times", n, strings.Count(out, "invariant ")-n)
			})
		}
	}
}
