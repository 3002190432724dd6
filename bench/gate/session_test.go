package gate

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// quick returns a session that ends soon. Other tests on the same machine cannot disturb its timings, because the
// injected changes are far larger than the noise.
func quick(r *fixtureRepo, base string) Session {
	const thresholds = "resolve: 1000%\nmax_hidden: 1000%\nunits:\n  sec/op: {min_effect: 50%}\n"
	th, err := ParseThresholds([]byte(thresholds), "gate.yml")
	require.NoError(r.t, err)
	th.MinPairs = 7
	return Session{Base: base, Dir: r.dir, Pairs: 7, Benchtime: "100x", Options: Options{Thresholds: th}}
}

// Every kind of injected regression fails the gate, and unchanged code does not. Regressions that the exact lane
// detects are judged in that lane only, which needs fewer runs.
func TestSession(t *testing.T) {
	if testing.Short() {
		t.Skip("this test compiles test binaries, which takes long")
	}
	r := newFixtureRepo(t)
	base := r.commit(fixture{})
	for _, c := range []struct {
		name   string
		new    fixture
		want   Verdict
		status Status
		rows   int
		why    string
	}{
		{"nothing", fixture{}, Pass, "", 0, ""},
		{"slower", fixture{work: 400}, Fail, Worse, 1, "slower"},
		{"waits longer", fixture{wait: 20}, Fail, Worse, 1, "slower"},
		{"one more allocation", fixture{allocs: 1}, Fail, Worse, 2, "+1 (+14.29%)"},
		{"another ledger", fixture{lost: "4"}, Fail, Worse, 1, "+1 (+33.33%)"},
		{"a row is missing", fixture{rename: true}, Fail, Missing, 1, "the new side does not have it"},
		{"nondeterministic", fixture{lost: "rand.Intn(1000)"}, Fail, Nondeterministic, 1, "the new side varies from"},
		{"NaN", fixture{lost: "os.Getpagesize() % 1) / float64(0"}, CannotDecide, "", 0, "NaN lost-alerts is not a number"},
		{"panics", fixture{sync: `panic("no such receiver")`}, Fail, FailedNow, 1, "panic: no such receiver"},
		{"fails", fixture{sync: `b.Fatal("no such receiver")`}, Fail, FailedNow, 1, "--- FAIL: BenchmarkSync"},
		{"exits", fixture{sync: `os.Exit(7)`}, Fail, FailedNow, 1, "exit status 7"},
		{"does not build", fixture{garbage: true}, CannotDecide, "", 0, "./bench does not build"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r.commit(c.new)
			s := quick(r, base)
			timing := c.want == Pass || c.why == "slower"
			if !timing {
				s.Options.Lane, s.Pairs = LaneExact, 3
			}
			if c.name == "slower" {
				s.Profiles, s.profileFor = t.TempDir(), "100ms"
			}
			report := s.Run(t.Context())
			text := textOf(t, report)
			require.Equal(t, c.want, report.Verdict, text)
			require.Contains(t, text, c.why)
			switch {
			case timing: // both the time and the processor time, one of which a busy machine may hide
				require.GreaterOrEqual(t, report.count(Worse), c.rows, text)
				for _, row := range report.Rows {
					require.True(t, row.Status != Worse || row.Lane == LaneTiming, text)
				}
			case c.status != "":
				require.Equal(t, c.rows, report.count(c.status), text)
			}
			require.Len(t, report.Profiles, 2*min(len(s.Profiles), 1))
			for _, p := range report.Profiles {
				require.FileExists(t, p)
			}
		})
	}
	require.Len(t, strings.Split(r.git("worktree", "list"), "\n"), 1)
}

func textOf(t *testing.T, r *Report) string {
	var b strings.Builder
	require.NoError(t, r.WriteText(&b, true))
	return b.String()
}

// If a session cannot compare, its report says why, and the verdict is never a pass.
func TestSessionCannotDecide(t *testing.T) {
	if testing.Short() {
		t.Skip("this test compiles test binaries, which takes long")
	}
	r := newFixtureRepo(t)
	garbage := r.commit(fixture{garbage: true})
	panics := r.commit(fixture{sync: `panic("boom")`})
	good := r.commit(fixture{})
	expect := func(s Session, want string) {
		t.Helper()
		report := s.Run(t.Context())
		require.Equal(t, CannotDecide, report.Verdict)
		require.Contains(t, textOf(t, report), want)
	}
	expect(quick(r, garbage), "./bench does not build")
	expect(quick(r, panics), "BenchmarkSync of the old side failed: panic: boom")
	expect(quick(r, "no-such-ref"), "base no-such-ref: no such commit")
	expect(quick(r, "--help"), "base --help: no such commit")
	outside := quick(r, good)
	outside.Dir = t.TempDir()
	expect(outside, "the gate needs a git repository")
	none := quick(r, good)
	none.Bench = "NoSuchBenchmark"
	expect(none, "nothing was compared")
	bad := quick(r, good)
	bad.Benchtime = "soon"
	expect(bad, `benchtime "soon"`)
	absent := quick(r, good)
	absent.Packages = []string{"./nowhere"}
	expect(absent, "./nowhere does not build")

	r.write(fixture{work: 101})
	expect(quick(r, good), "the working tree is dirty")
	dirty := quick(r, good)
	dirty.AllowDirty = true
	report := dirty.Run(t.Context())
	require.Equal(t, Pass, report.Verdict, textOf(t, report))
	require.Contains(t, report.New, "with 1 uncommitted changes")
	require.Len(t, strings.Split(r.git("worktree", "list"), "\n"), 1)
}

// An interrupted session leaves no files and no worktree behind.
func TestSessionInterrupted(t *testing.T) {
	if testing.Short() {
		t.Skip("this test compiles test binaries, which takes long")
	}
	tmp := t.TempDir()
	r := newFixtureRepo(t)
	base := r.commit(fixture{})
	t.Setenv("TMPDIR", tmp)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s := quick(r, base)
	s.Progress = func(text string) {
		if strings.HasPrefix(text, "pair 2") {
			cancel()
		}
	}
	report := s.Run(ctx)
	require.Equal(t, CannotDecide, report.Verdict)
	require.Contains(t, textOf(t, report), "interrupted before the end")
	require.Len(t, strings.Split(r.git("worktree", "list"), "\n"), 1)
	left, err := filepath.Glob(filepath.Join(tmp, "notifysim-gate-*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

// The files that a session saves say that the sides ran in turn, and comparing them gives the same verdict as the
// session.
func TestSessionSaves(t *testing.T) {
	if testing.Short() {
		t.Skip("this test compiles test binaries, which takes long")
	}
	r := newFixtureRepo(t)
	base := r.commit(fixture{})
	r.commit(fixture{allocs: 1})
	s := quick(r, base)
	s.Save = filepath.Join(t.TempDir(), "results")
	require.Equal(t, Fail, s.Run(t.Context()).Verdict)
	old, new := ReadFile(filepath.Join(s.Save, "old.txt")), ReadFile(filepath.Join(s.Save, "new.txt"))
	require.Empty(t, old.Problems)
	require.NotEmpty(t, old.session())
	require.Equal(t, old.session(), new.session())
	report, err := Compare(old, new, s.Options)
	require.NoError(t, err)
	require.Equal(t, 2, report.count(Worse), textOf(t, report)) // allocs/op and B/op
	data, err := os.ReadFile(filepath.Join(s.Save, "new.txt"))
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(data), "Unit lost-alerts assume=exact"))
}
