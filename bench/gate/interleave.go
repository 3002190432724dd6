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

// A Session compares the working tree with a base: it builds the benchmarks of both once, runs old and new in turn,
// one process a sample and the order flipped every pair, and confirms with fresh pairs what looks bad.
// Everything but Base may be zero.
type Session struct {
	Base       string   // a git ref
	Dir        string   // inside the working tree; "" is the current directory
	Packages   []string // nil is ./bench
	Notifier   bool     // Dir is a checkout of Prometheus: compare its notifier, by benchmarks that the gate brings along
	Bench      string   // as go test -bench; "" is every benchmark
	Pairs      int      // of samples; 0 is 20, or 3 if only the exact lane is judged
	Benchtime  string   // of a sample: "500x", or a duration, turned into a fixed number of iterations; "" is 100ms
	Procs      int      // GOMAXPROCS; 0 is 1
	Rounds     int      // of confirmation, each by three times as many fresh pairs; 0 is 1
	AllowDirty bool     // compare a working tree with uncommitted changes
	Profiles   string   // a directory for profiles of what is worse; "" is none
	Save       string   // a directory for old.txt and new.txt; "" is none
	Options    Options
	Progress   func(string) // called with what is going on; may be nil

	id         string
	profileFor string // how long a profile lasts; "" is 1s
}

// screen is the level at which a timing of the first pairs is suspected. It is deliberately weak, as fresh pairs decide.
const screen = 0.20

// Run compares. It leaves no worktree and no temporary files behind, also if ctx ends; then, and whenever
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
	ws, old, new, err := s.prepare(ctx)
	if err != nil {
		return fail(s.Base, "working tree", err)
	}
	report, err := s.measure(ctx, ws.tmp, old, new)
	if left := ws.remove(ctx); left != nil {
		err = errors.Join(err, fmt.Errorf("cleaning up %s: %w", ws.tmp, left))
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

var fixedIterations = regexp.MustCompile(`^[1-9][0-9]*x$`)

func (s *Session) check() error {
	if _, err := regexp.Compile(s.Bench); err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	if d, err := time.ParseDuration(s.Benchtime); !fixedIterations.MatchString(s.Benchtime) && (err != nil || d <= 0) {
		return fmt.Errorf("benchtime %q: write iterations, such as 500x, or a duration, such as 100ms", s.Benchtime)
	}
	if s.Pairs < 1 || s.Pairs > maxPairs || s.Procs < 1 || s.Rounds < 1 {
		return fmt.Errorf("pairs, procs and rounds are at least 1, pairs at most %d", maxPairs)
	}
	return nil
}

// measure builds, runs and judges.
func (s *Session) measure(ctx context.Context, tmp string, old, new *side) (*Report, error) {
	s.Progress("building " + old.name)
	if err := s.build(ctx, old, tmp, "old"); err != nil {
		return nil, err
	}
	s.Progress("building " + new.name)
	if err := s.build(ctx, new, tmp, "new"); err != nil {
		return nil, err
	}
	return s.compare(ctx, old, new)
}

// compare runs and judges two sides that are built.
func (s *Session) compare(ctx context.Context, old, new *side) (*Report, error) {
	s.Progress("finding benchmarks")
	olds, oldFile, err := s.discover(ctx, old, s.Benchtime)
	if err != nil {
		return nil, err
	}
	news, newFile, err := s.discover(ctx, new, "1x")
	if err != nil {
		return nil, err
	}
	var both []leaf
	for _, l := range olds {
		if find(news, l) != nil {
			both = append(both, l)
		} else {
			oldFile.add(l.file) // missing: one sample names it
		}
	}
	for _, l := range news {
		if find(olds, l) == nil {
			newFile.add(l.file)
		}
	}
	if s.Options.Lane != LaneExact {
		if err := s.measureStartup(ctx, old, new); err != nil {
			return nil, err
		}
	}
	a, b, err := s.interleave(ctx, old, new, both, s.Pairs)
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
	if err := s.confirm(ctx, old, new, both, report); err != nil {
		return nil, err
	}
	return report, s.profile(ctx, old, new, both, report)
}

// interleave runs the leaves of both sides in turn. What breaks is not run again.
func (s *Session) interleave(ctx context.Context, old, new *side, leaves []leaf, pairs int) (*File, *File, error) {
	files := [2]*File{{Name: old.name}, {Name: new.name}}
	broken := map[int]bool{}
	for i := range pairs {
		s.Progress(fmt.Sprintf("pair %d of %d, %d benchmarks", i+1, pairs, len(leaves)))
		for at, l := range leaves {
			if broken[at] {
				continue
			}
			for turn := range 2 {
				which := (turn + i + at) % 2
				bin := [2]*side{old, new}[which].bins[l.pkg]
				f, err := s.run(ctx, bin, exactly(l.name), s.iterations(l))
				if err != nil {
					return nil, nil, err
				}
				if s.Options.Lane != LaneExact {
					f.addCPU(bin.startup)
				}
				files[which].add(f)
				broken[at] = broken[at] || len(f.Broken) > 0 || len(f.Problems) > 0
			}
		}
	}
	return files[0], files[1], nil
}

// iterations is the fixed -benchtime of a leaf. Both sides do the same work.
func (s *Session) iterations(l leaf) string {
	if fixedIterations.MatchString(s.Benchtime) {
		return s.Benchtime
	}
	return fmt.Sprintf("%dx", l.iters)
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
