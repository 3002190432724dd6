package sim_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A mutant is a rule broken on purpose: text of a source file, and what stands there instead. ON is true while the mutant is chosen.
type mutant struct{ name, file, old, broken string }

// In the notifier's metrics and bodies a mutant shows when the engines are compared.
func (m mutant) test() string {
	if m.file == "notifier/core/metrics.go" || strings.HasPrefix(m.file, "notifier/encode") {
		return "TestEnginesAgreeOnTheLibrary"
	}
	return "TestLibrary"
}

// mutants are the tests of the tester: with each of them some scenario of the library must go red.
var mutants = []mutant{
	{
		"drops the newest instead of the oldest", "notifier/core/queue.go", "oldest := q.take(d)", `var oldest Segment[S]
		if last := &q.ring[(q.head+q.used-1)&(len(q.ring)-1)]; ON {
			if oldest = *last; oldest.Len() > d {
				*last, oldest = last.split(last.Len() - d)
			} else {
				q.used--
			}
			q.length -= oldest.Len()
		} else {
			oldest = q.take(d)
		}`,
	},
	{"capacity is off by one", "notifier/core/queue.go", "for d := q.length + seg.Len() - q.Capacity; d > 0;", "for d := q.length + seg.Len() - q.Capacity + one(ON); d > 0;"},
	{"a send larger than the queue loses its newest", "notifier/core/queue.go", "oldest, seg = seg.split(d)", "if ON { seg, oldest = seg.split(seg.Len() - d) } else { oldest, seg = seg.split(d) }"},
	{"a request may carry more than the batch size", "notifier/core/queue.go", "max -= seg.Len()", "if !ON { max -= seg.Len() }"},
	{"forgets the wake-up when alerts wait", "notifier/core/dispatch.go", "if l.Queue.Len() > 0 {\n\t\t\tl.signal = true", "if l.Queue.Len() > 0 && !ON {\n\t\t\tl.signal = true"},
	{"the shared queue waits for the fastest alone", "notifier/core/dispatch.go", "b.pending > 0 {\n\t\treturn\n\t}\n\tc.batchDone(b)\n\tl :=", "b.pending > 0 && !ON {\n\t\treturn\n\t}\n\tc.batchDone(b)\n\tl :="},
	{"Send does not wait for a drain", "notifier/core/dispatch.go", "case c.lock.Held():", "case c.lock.Held() && !ON:"},
	{"posts twice to a duplicate", "notifier/core/set.go", "if seen[am.key] {", "if seen[am.key] && !ON {"},
	{"external labels replace the alert's own", "notifier/core/relabel.go", `if lset.Get(l.Name) == "" {`, `if ON || lset.Get(l.Name) == "" {`},
	{"relabelling drops nothing", "notifier/core/relabel.go", "return relabel.ProcessBuilder(lb, r.Rules...)", "return relabel.ProcessBuilder(lb, r.Rules...) || ON"},
	{"an Alertmanager that left is not drained", "notifier/core/stop.go", "case !c.opt.DrainOnShutdown ||", "case ON || !c.opt.DrainOnShutdown ||"},
	{"a busy old release takes target updates", "notifier/core/targets.go", "return c.rel.Targets == TargetsAtOnce ||", "return ON || c.rel.Targets == TargetsAtOnce ||"},
	{"counts a lost batch as delivered", "sim/exchange.go", "x.lose(account, core.SendFailed)", "if ON { account.Delivered += int64(x.n); break }\n\t\tx.lose(account, core.SendFailed)"},
	{"resends one evaluation too early", "sim/workload.go", "s.lastSent+delay >= now", "s.lastSent+delay-one64(ON) >= now"},
	{"counts failed requests instead of alerts", "notifier/core/metrics.go", "m.add(&s.Errors, n)", "if ON { m.add(&s.Errors, 1) } else { m.add(&s.Errors, n) }"},
	{"counts failures as sent", "notifier/core/metrics.go", "if m.rel.Counting == CountSuccesses {\n\t\t\treturn false", "if m.rel.Counting == CountSuccesses && !ON {\n\t\t\treturn false"},
	{"keeps the series of an Alertmanager that left", "notifier/core/metrics.go", "if m.rel.DropSeries {", "if m.rel.DropSeries && !ON {"},
	{"counts drops once too often", "notifier/core/metrics.go", "m.add(&m.of(am).Dropped, n)", "m.add(&m.of(am).Dropped, n+one(ON))"},
	{"writes the start before the end", "notifier/encode_v2.go", "w.raw(`,\"startsAt\":`)", "if ON { w.raw(`,\"startAt\":`) } else { w.raw(`,\"startsAt\":`) }"},
	{"forgets resolved alerts at once", "sim/workload.go", "now-s.resolvedAt > int64(resolvedRetention)", "(ON || now-s.resolvedAt > int64(resolvedRetention))"},
}

// invariantMutants are broken rules that one invariant each must name, in random scenarios. Those of mutants are named again.
var invariantMutants = []struct {
	invariant string
	mutant
}{
	{"conservation", mutant{"delivers an alert too many", "sim/exchange.go", "case core.Delivered:\n\t\taccount.Delivered += int64(x.n)", "case core.Delivered:\n\t\taccount.Delivered += int64(x.n) + one64(ON)"}},
	{"queue_bound", mutant{"a queue holds an alert too many", "notifier/core/core.go", "Capacity: c.opt.QueueCapacity}", "Capacity: c.opt.QueueCapacity + one(ON)}"}},
	{"batch_bound", known("a request may carry more than the batch size")},
	{"fifo", mutant{"posts the sends of a batch in reverse", "notifier/core/dispatch.go", "b.N = queued - b.Loop.Queue.Len()", "if ON { slices.Reverse(b.Segments) }\n\tb.N = queued - b.Loop.Queue.Len()"}},
	{"oldest_dropped_first", known("drops the newest instead of the oldest")},
	{"one_request_per_alertmanager", mutant{"drains a shared queue beside the batch under way", "notifier/core/stop.go", "if c.shared.batch.pending > 0 {", "if c.shared.batch.pending > 0 && !ON {"}},
	{"no_send_after_removal", mutant{"a shared queue goes on to feed who left", "notifier/core/targets.go", "c.shared.Targets = c.shared.Targets[:0]", "if ON && len(c.shared.Targets) > 0 { return }\n\tc.shared.Targets = c.shared.Targets[:0]"}},
	{"send_never_blocks", mutant{"Send waits for the request under way", "notifier/core/core.go", "return c.lock.Held() }", "return c.lock.Held() || ON && c.shared != nil && c.shared.batch.pending > 0 }"}},
	{"metrics_match_ledger", known("counts drops once too often")},
	{"losses_are_counted", mutant{"does not count what a shared queue drops", "notifier/core/metrics.go", "m.Dropped += float64(n)", "if !ON { m.Dropped += float64(n) }"}},
	{"at_least_one_per_set", mutant{"one Alertmanager of any set is enough", "notifier/core/dispatch.go", "if s == AnyAlertmanager {", "if s == AnyAlertmanager || ON {"}},
	{"targets_unique", known("posts twice to a duplicate")},
	{"quiesces", known("forgets the wake-up when alerts wait")},
}

// fuzzMutants are broken rules and a broken Manager that notifysim fuzz --engine manager must find.
var fuzzMutants = []mutant{
	known("drops the newest instead of the oldest"),
	invariantMutants[1].mutant,
	known("a request may carry more than the batch size"),
	known("forgets the wake-up when alerts wait"),
	invariantMutants[3].mutant,
	known("posts twice to a duplicate"),
	known("counts drops once too often"),
	known("counts failures as sent"),
	{"takes a redirection for an answer", "notifier/request.go", "resp.StatusCode/100 != 2", "resp.StatusCode/100 != 2 && !(ON && resp.StatusCode/100 == 3)"},
	{"waits twice as long as the timeout", "notifier/request.go", "m.withTimeout(time.Duration(set.Config.Timeout))", "m.withTimeout(time.Duration(set.Config.Timeout) * time.Duration(1+one(ON)))"},
}

func known(name string) mutant {
	return mutants[slices.IndexFunc(mutants, func(m mutant) bool { return m.name == name })]
}

// allMutants are both kinds, each once.
func allMutants() []mutant {
	all := slices.Clone(mutants)
	more := slices.Clone(fuzzMutants)
	for _, m := range invariantMutants {
		more = append(more, m.mutant)
	}
	for _, m := range more {
		if !slices.ContainsFunc(all, func(o mutant) bool { return o.name == m.name }) {
			all = append(all, m)
		}
	}
	return all
}

// switchboard is the file that the overlay adds to each package with mutants.
const switchboard = `package PACKAGE

import "os"

var mutant = os.Getenv("MUTANT")

func one(on bool) int {
	if on {
		return 1
	}
	return 0
}

func one64(on bool) int64 { return int64(one(on)) }

var _, _ = mutant, one64
`

// overlay writes the broken sources and returns the overlay file that the go command takes. One build serves all mutants.
func overlay(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	root, err := filepath.Abs("..")
	require.NoError(t, err)
	sources := map[string]string{}
	for _, m := range allMutants() {
		if sources[m.file] == "" {
			b, err := os.ReadFile(filepath.Join(root, m.file))
			require.NoError(t, err)
			sources[m.file] = string(b)
			pkg := path.Dir(m.file)
			sources[pkg+"/switchboard.go"] = strings.Replace(switchboard, "PACKAGE", path.Base(pkg), 1)
		}
		require.Equal(t, 1, strings.Count(sources[m.file], m.old), "%s: %s no longer has %q once: the rule has moved", m.name, m.file, m.old)
		broken := strings.ReplaceAll(m.broken, "ON", "(mutant == "+strconv.Quote(m.name)+")")
		sources[m.file] = strings.Replace(sources[m.file], m.old, broken, 1)
	}
	replace := map[string]string{}
	for file, src := range sources {
		path := filepath.Join(dir, strings.ReplaceAll(file, "/", "_"))
		require.NoError(t, os.WriteFile(path, []byte(src), 0o644))
		replace[filepath.Join(root, filepath.FromSlash(file))] = path
	}
	b, err := json.Marshal(map[string]any{"Replace": replace})
	require.NoError(t, err)
	path := filepath.Join(dir, "overlay.json")
	require.NoError(t, os.WriteFile(path, b, 0o644))
	return path
}

// Every mutant turns a scenario of the library red, and without one the library is green.
func TestMutantsAreCaught(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the package anew")
	}
	binary := filepath.Join(t.TempDir(), "sim.test")
	build := exec.Command("go", "test", "-c", "-overlay", overlay(t), "-o", binary, ".")
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	library := func(test, mutant string, flags ...string) (string, error) {
		cmd := exec.Command(binary, append(flags, "-test.run", "^"+test+"$", "-test.short", "-test.timeout", "180s")...)
		cmd.Env = append(os.Environ(), "MUTANT="+mutant)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	for _, test := range []string{"TestEnginesAgreeOnTheLibrary", "TestInvariantsHoldOnRandomScenarios", "TestLibrary"} {
		t.Run("none/"+test, func(t *testing.T) {
			t.Parallel() // each is a process
			healthy, err := library(test, "")
			require.NoError(t, err, "%s", healthy)
		})
	}
	for _, m := range mutants {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			out, err := library(m.test(), m.name, "-test.failfast")
			require.Error(t, err, "no scenario of the library noticed")
			require.Contains(t, out, "--- FAIL: "+m.test()+"/")
		})
	}
	for _, m := range invariantMutants {
		t.Run(m.invariant+"/"+m.name, func(t *testing.T) {
			t.Parallel()
			out, err := library("TestInvariantsHoldOnRandomScenarios", m.name)
			require.Error(t, err, "no invariant noticed")
			require.Contains(t, out, "invariant "+m.invariant+":")
			t.Logf("named %d times, others %d", strings.Count(out, "invariant "+m.invariant+":"), strings.Count(out, "invariant ")-strings.Count(out, "invariant "+m.invariant+":"))
		})
	}
}
