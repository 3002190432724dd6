package gate

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// A Session compares the working tree with a base commit. It builds the benchmarks of both sides once and runs them in
// turn, each sample in a process of its own; the side that runs first changes with every pair. Rows that look bad are
// measured again with fresh pairs. All fields except Base may be zero.
type Session struct {
	Base     string   // the git ref to compare with
	Dir      string   // a directory in the working tree; "" is the current directory
	Packages []string // the packages with benchmarks; nil is ./bench
	// Notifier says that Dir is a checkout of Prometheus. Its notifier is compared, with benchmarks that the gate
	// contains.
	Notifier bool
	Bench    string // a pattern as for go test -bench; "" is every benchmark
	Pairs    int    // the number of pairs of samples; 0 is 20, or 3 if only the exact lane is judged
	// Benchtime is how long a sample runs: a number of iterations, such as "500x", or a duration, from which the
	// session computes a fixed number of iterations; "" is 100ms.
	Benchtime  string
	Procs      int    // GOMAXPROCS; 0 is 1
	Rounds     int    // rounds of confirmation, each with three times as many fresh pairs; 0 is 1
	AllowDirty bool   // accept a working tree with uncommitted changes
	Profiles   string // the directory for profiles of worse benchmarks; "" writes none
	Save       string // the directory for old.txt and new.txt; "" writes none
	Options    Options
	Progress   func(string) // called with the current step; may be nil

	id         string
	profileFor string // how long a profiled run lasts; "" is 1s
}

// Run runs the session. It leaves no worktree and no temporary files behind, even if ctx ends. If ctx ends, or if
// something cannot be built or run, the verdict is CannotDecide.
func (s Session) Run(ctx context.Context) *Report {
	s.defaults()
	fail := func(old, new string, err error) *Report {
		if ctx.Err() != nil {
			err = errors.New("interrupted before the end")
		}
		return Failure(old, new, Problem{Message: err.Error()})
	}
	if err := s.check(); err != nil {
		return fail(s.Base, "working tree", err)
	}
	ws, old, new, err := checkOut(ctx, s.Dir, s.Base, s.AllowDirty)
	if err != nil {
		return fail(s.Base, "working tree", err)
	}
	report, err := s.measure(ctx, ws.tmp, old, new)
	if removeErr := ws.remove(ctx); removeErr != nil {
		err = errors.Join(err, fmt.Errorf("cleaning up %s: %w", ws.tmp, removeErr))
	}
	if err != nil {
		return fail(old.name, new.name, err)
	}
	return report
}

func (s *Session) defaults() {
	if s.Pairs == 0 && s.Options.Lane == LaneExact {
		s.Pairs = 3
	}
	s.Pairs = cmp.Or(s.Pairs, 20)
	s.Benchtime = cmp.Or(s.Benchtime, "100ms")
	s.Procs = cmp.Or(s.Procs, 1)
	s.Rounds = cmp.Or(s.Rounds, 1)
	s.Bench = cmp.Or(s.Bench, ".")
	s.profileFor = cmp.Or(s.profileFor, "1s")
	if s.Packages == nil {
		s.Packages = []string{"./bench"}
	}
	if s.Progress == nil {
		s.Progress = func(string) {}
	}
	s.id = time.Now().UTC().Format("20060102T150405Z-") + strings.ToLower(rand.Text()[:8])
}

func (s *Session) check() error {
	if _, err := regexp.Compile(s.Bench); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	if d, err := time.ParseDuration(s.Benchtime); !fixedIterations.MatchString(s.Benchtime) && (err != nil || d <= 0) {
		return fmt.Errorf("benchtime %q: write iterations, such as 500x, or a duration, such as 100ms", s.Benchtime)
	}
	if s.Pairs < 1 || s.Pairs > maxPairs || s.Procs < 1 || s.Rounds < 1 {
		return fmt.Errorf("pairs, procs and rounds must be at least 1, and pairs at most %d", maxPairs)
	}
	return nil
}

// measure builds both sides, runs their benchmarks and judges the results.
func (s *Session) measure(ctx context.Context, tmp string, old, new *side) (*Report, error) {
	for i, sd := range []*side{old, new} {
		s.Progress("building " + sd.name)
		label := []string{"old", "new"}[i]
		var err error
		if s.Notifier {
			err = sd.buildNotifier(ctx, tmp, label)
		} else {
			err = sd.build(ctx, s.Packages, tmp, label)
		}
		if err != nil {
			return nil, err
		}
	}
	return s.compare(ctx, old, new)
}

// compare runs the benchmarks of two built sides and judges the results.
func (s *Session) compare(ctx context.Context, old, new *side) (*Report, error) {
	r := &runner{s.Procs, s.id}
	s.Progress("finding benchmarks")
	olds, oldFile, err := r.discover(ctx, old, s.Bench, s.Benchtime)
	if err != nil {
		return nil, err
	}
	news, newFile, err := r.discover(ctx, new, s.Bench, "1x")
	if err != nil {
		return nil, err
	}
	var both []benchmark
	for _, b := range olds {
		if b.in(news) {
			both = append(both, b)
		} else {
			oldFile.add(b.file) // one sample is enough to show that the benchmark is missing on the new side
		}
	}
	for _, b := range news {
		if !b.in(olds) {
			newFile.add(b.file)
		}
	}
	timing := s.Options.Lane != LaneExact
	if timing {
		if err := r.measureStartup(ctx, old, new); err != nil {
			return nil, err
		}
	}
	il := &interleaver{r, old, new, s.Benchtime, timing, s.Progress}
	a, b, err := il.run(ctx, both, s.Pairs)
	if err != nil {
		return nil, err
	}
	oldFile.add(a)
	newFile.add(b)
	if err := s.save(oldFile, newFile); err != nil {
		return nil, err
	}
	report, err := Compare(oldFile, newFile, s.Options)
	if err != nil {
		return nil, err
	}
	if err := s.confirm(ctx, il, both, report); err != nil {
		return nil, err
	}
	if s.Profiles == "" {
		return report, nil
	}
	p := &profiler{r, s.Profiles, s.profileFor, s.Progress}
	return report, p.run(ctx, old, new, both, report)
}

// confirm measures the rows again that look bad or are too noisy, with fresh pairs that alone decide. So a row is worse
// in the end only if at least two independent sets of pairs say so. Holm's correction covers the rows that are measured
// again; other samples selected them, so the selection does not bias the test.
func (s *Session) confirm(ctx context.Context, il *interleaver, benchmarks []benchmark, report *Report) error {
	th := s.Options.Thresholds.withDefaults()
	for round := 1; round <= 2*s.Rounds+retries; round++ {
		var rows []*Row
		for _, r := range report.Rows {
			if r.suspect(round, s.Rounds, th) {
				rows = append(rows, r)
			}
		}
		again := il.benchmarksOf(benchmarks, rows)
		if len(again) == 0 {
			break
		}
		s.Progress(fmt.Sprintf("measuring %d rows again, round %d", len(rows), round))
		a, b, err := il.run(ctx, again, freshPairs(s.Pairs))
		if err != nil {
			return err
		}
		t, err := Match(a, b, &th, s.Options.Filter)
		if err != nil {
			return err
		}
		report.Problems = append(report.Problems, t.Problems...)
		report.replace(rows, t, th)
	}
	report.decide()
	return nil
}

func (s *Session) save(old, new *File) error {
	if s.Save == "" {
		return nil
	}
	if err := os.MkdirAll(s.Save, 0o777); err != nil {
		return err
	}
	return errors.Join(old.write(filepath.Join(s.Save, "old.txt")), new.write(filepath.Join(s.Save, "new.txt")))
}
