package sim_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/compare"
	"github.com/notifysim/notifysim/sim/fuzz"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter"
)

// runsHere reports whether the engine can run the release in an ordinary test, which compiles no child process.
func runsHere(e sim.Engine, rel *core.Release) bool {
	return e.Runs(rel) == nil && (e != sim.EnginePrometheus || !e.Builds(rel))
}

// The real notifiers of other releases behave as the model does, in the library and in random scenarios.
// CONFORMANCE_RELEASES lists the releases (`all`: every pinned release and the linked one), CONFORMANCE is the number
// of random scenarios for each, and CONFORMANCE_REPORT is the file in which the results replace the rows of these
// releases. `make conformance-releases` runs all releases.
func TestReleasesAgree(t *testing.T) {
	list := os.Getenv("CONFORMANCE_RELEASES")
	if list == "" {
		t.Skip("no other release's notifier was compiled and compared; set CONFORMANCE_RELEASES=v2.53.3,v3.9 or all")
	}
	n := 100
	if s := os.Getenv("CONFORMANCE"); s != "" {
		var err error
		n, err = strconv.Atoi(s)
		require.NoError(t, err)
	}
	t.Cleanup(children.Close)
	var rows []*conformity
	for _, name := range conformanceReleases(list) {
		t.Run(name, func(t *testing.T) {
			c := newConformity(t, name)
			rows = append(rows, c)
			c.library()
			c.drafts(n)
			t.Log(c.String())
		})
	}
	if path := os.Getenv("CONFORMANCE_REPORT"); path != "" {
		old, err := os.ReadFile(path)
		if !errors.Is(err, fs.ErrNotExist) {
			require.NoError(t, err)
		}
		require.NoError(t, os.WriteFile(path, report(old, rows), 0o644))
	}
}

// The comparison notices a release with other rules: it compares the notifier of v2.54.1 with the model of v2.53, which
// has the same metrics.
func TestReleasesAgreeSeesAnotherRelease(t *testing.T) {
	if os.Getenv("CONFORMANCE_RELEASES") == "" {
		t.Skip("no other release's notifier was compiled; set CONFORMANCE_RELEASES")
	}
	t.Cleanup(children.Close)
	rel, err := core.ParseRelease("v2.53")
	require.NoError(t, err)
	rel.Name = "v2.54.1" // the name decides which child process runs
	c := &conformity{t: t, rel: rel}
	differences := 0
	const n = 60
	for seed := range uint64(n) {
		draft := fuzz.NewDraft("v2.53", seed)
		file, err := scenarios.Parse("drawn.yml", draft.Text())
		require.NoError(t, err)
		if diff, _ := c.differ(file, file.Tests[0]); diff != "" {
			differences++
		}
	}
	t.Logf("the two releases differ in %d of %d scenarios", differences, n)
	require.Positive(t, differences)
}

// A checkout of Prometheus can run in place of a release. Here the checkout is the folder of a downloaded module.
func TestForkAgrees(t *testing.T) {
	if os.Getenv("CONFORMANCE_RELEASES") == "" {
		t.Skip("no checkout of Prometheus was compiled; set CONFORMANCE_RELEASES")
	}
	t.Cleanup(children.Close)
	out, err := exec.Command("go", "mod", "download", "-json", "github.com/prometheus/prometheus@v0.309.1").Output()
	require.NoError(t, err)
	var module struct{ Dir string }
	require.NoError(t, json.Unmarshal(out, &module))
	rel, err := core.ParseRelease("v3.9")
	require.NoError(t, err)
	for seed := range uint64(10) {
		file, err := scenarios.Parse("drawn.yml", fuzz.NewDraft("v3.9", seed).Text())
		require.NoError(t, err)
		_, model, err := compare.Observe(sim.EngineModel, file, file.Tests[0], rel, 1, sim.Options{})
		require.NoError(t, err)
		_, fork, err := compare.Observe(sim.EnginePrometheus, file, file.Tests[0], rel, 1, sim.Options{
			Notifier: module.Dir, Children: children,
		})
		require.NoError(t, err)
		require.Nil(t, compare.Differ(model, fork))
	}
}

func conformanceReleases(list string) []string {
	if list != "all" {
		return strings.Split(list, ",")
	}
	var names []string
	for _, p := range adapter.LastPatches() {
		names = append(names, p.Release)
	}
	return names
}

// The newest patch that notes name is one whose notifier can run.
func TestNewestPatchesAreKnown(t *testing.T) {
	for _, p := range adapter.LastPatches() {
		rel, err := core.ParseRelease(p.Release)
		require.NoError(t, err)
		newest, known := rel.NewestPatch()
		require.True(t, known, p.Release)
		require.Contains(t, adapter.Pins(), adapter.Pin{Release: newest, Module: module(t, newest)}, "releases.txt")
	}
}

func module(t *testing.T, release string) string {
	t.Helper()
	p, err := adapter.Find(release)
	require.NoError(t, err)
	return p.Module
}

// A conformity is the comparison of the model with the real notifier of one release.
type conformity struct {
	t                      *testing.T
	rel                    *core.Release
	module, built          string
	mu                     sync.Mutex // guards the fields below
	runs, random, alerts   int64
	unobservable, unfit    []string
	differences            []string
	libraryTook, draftTook time.Duration
}

func newConformity(t *testing.T, name string) *conformity {
	rel, err := core.ParseRelease(name)
	require.NoError(t, err)
	require.NoError(t, sim.EnginePrometheus.Runs(rel))
	c := &conformity{t: t, rel: rel, module: adapter.Linked, built: "linked"}
	if sim.EnginePrometheus.Builds(rel) {
		pin, err := adapter.Find(name)
		require.NoError(t, err)
		prog, err := (&adapter.Builder{Progress: os.Stderr}).Build(t.Context(), pin)
		require.NoError(t, err)
		c.module, c.built = pin.Module, "kept"
		if prog.Took > 0 {
			c.built = prog.Took.Round(time.Second).String()
		}
	}
	return c
}

// library compares the model with the real notifier on every test of the library that the release can run.
func (c *conformity) library() {
	start := time.Now()
	for _, name := range scenarios.Library() {
		file, err := scenarios.LoadEmbedded(name)
		require.NoError(c.t, err)
		for _, test := range file.Tests {
			if test.For(c.rel) && c.compare(file, test, name+", "+test.Name) != "" {
				c.runs++
			}
		}
	}
	c.libraryTook = time.Since(start)
}

// drafts compares n random scenarios, and shrinks those on which the model and the real notifier differ.
func (c *conformity) drafts(n int) {
	start := time.Now()
	seeds := make(chan uint64)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for seed := range seeds {
				c.draft(seed)
			}
		})
	}
	for seed := range uint64(n) {
		seeds <- seed
	}
	close(seeds)
	workers.Wait()
	c.draftTook = time.Since(start)
}

func (c *conformity) draft(seed uint64) {
	diff := func(d *fuzz.Draft) string {
		file, err := scenarios.Parse("drawn.yml", d.Text())
		if err != nil {
			return ""
		}
		found, _ := c.differ(file, file.Tests[0])
		return found
	}
	draft := fuzz.NewDraft(c.rel.Name, seed)
	file, err := scenarios.Parse("drawn.yml", draft.Text())
	if err != nil {
		c.t.Errorf("seed %d: %v", seed, err)
		return
	}
	outcome := c.compare(file, file.Tests[0], fmt.Sprintf("seed %d", seed))
	if outcome == "differs" {
		small := draft.Shrink(func(d *fuzz.Draft) bool { return diff(d) != "" })
		c.t.Errorf("seed %d:\n%s\n%s", seed, small.Text(), diff(small))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if outcome != "" {
		c.random++
	}
}

// compare compares one test and counts the outcome: "same", "differs", or "" if it could not be compared.
func (c *conformity) compare(file *scenarios.File, test *scenarios.Test, what string) string {
	if c.rel.SetRelabel == core.NoSetRelabel && setsRelabel(file) {
		c.unfit = append(c.unfit, what)
		return ""
	}
	diff, alerts := c.differ(file, test)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch diff {
	case "":
		c.alerts += alerts
		return "same"
	case sim.ErrUnobservable.Error():
		c.unobservable = append(c.unobservable, what)
		return ""
	}
	c.differences = append(c.differences, what)
	c.t.Errorf("%s: %s", what, diff)
	return "differs"
}

func (c *conformity) differ(file *scenarios.File, test *scenarios.Test) (string, int64) {
	_, real, err := compare.Observe(sim.EnginePrometheus, file, test, c.rel, 1, sim.Options{Children: children})
	if errors.Is(err, sim.ErrUnobservable) {
		return sim.ErrUnobservable.Error(), 0
	}
	if err != nil {
		return err.Error(), 0
	}
	_, model, err := compare.Observe(sim.EngineModel, file, test, c.rel, 1, sim.Options{Orders: real.Orders})
	if err != nil {
		return err.Error(), 0
	}
	if d := compare.Differ(model, real); d != nil {
		return d.String(), 0
	}
	return "", model.Ledger.Offered
}

func setsRelabel(f *scenarios.File) bool {
	for _, am := range f.Config.AlertingConfig.AlertmanagerConfigs {
		if len(am.AlertRelabelConfigs) > 0 {
			return true
		}
	}
	return false
}

func (c *conformity) String() string {
	return fmt.Sprintf("%s (module %s, compiled: %s): %d runs of the library in %v, %d random scenarios in %v, %d "+
		"alerts, %d differences; outcome unknown on the real notifier: %s; not for this release: %s",
		c.rel.Name, c.module, c.built, c.runs, c.libraryTook.Round(time.Millisecond), c.random,
		c.draftTook.Round(time.Millisecond),
		c.alerts, len(c.differences), some(c.unobservable), some(c.unfit))
}

// some returns the first three elements of a list as text, and the number of the others.
func some(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	slices.Sort(list)
	if len(list) > 3 {
		return fmt.Sprintf("%s and %d more", strings.Join(list[:3], "; "), len(list)-3)
	}
	return strings.Join(list, "; ")
}
