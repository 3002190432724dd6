package gate

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
)

// retries is how many rounds more a row gets whose noise might hide a change: noise passes.
const retries = 2

// confirm measures again what looks bad, and what is too noisy to tell, with fresh pairs, which then decide alone.
// A row is worse in the end only if two independent sets of pairs say so, or more with more rounds. Holm's correction is
// over the rows that are measured again: they were chosen by other samples, so the choice costs nothing.
func (s *Session) confirm(ctx context.Context, old, new *side, leaves []leaf, report *Report) error {
	th := s.Options.Thresholds.settled()
	for round := 1; round <= 2*s.Rounds+retries; round++ {
		var rows []*Row
		for _, r := range report.Rows {
			if r.suspect(round, s.Rounds, th) {
				rows = append(rows, r)
			}
		}
		again := s.leavesOf(leaves, rows)
		if len(again) == 0 {
			break
		}
		s.Progress(fmt.Sprintf("measuring %d rows again, round %d", len(rows), round))
		a, b, err := s.interleave(ctx, old, new, again, freshPairs(s.Pairs))
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

// freshPairs is how many pairs a round of confirmation has. They decide alone and only for a few rows, so there are many.
func freshPairs(first int) int { return min(3*first, maxPairs) }

// suspect reports whether a row is to be measured again: what looks bad, until it is refuted or confirmed in so many
// rounds, and for some rounds what noise might hide.
func (r *Row) suspect(round, rounds int, th Thresholds) bool {
	switch {
	case r.Timing == nil:
		return false
	case r.Status == Worse:
		return r.Timing.Confirmed < rounds
	case round > 1+retries:
		return false
	case r.Status == Inconclusive || r.Timing.Upper > th.Resolve && !r.guarded:
		return true
	}
	return r.Timing.Confirmed == 0 && r.looksBad()
}

// looksBad is the weak reason to measure a row again, apart from noise.
func (r *Row) looksBad() bool {
	return r.Status == Worse || !r.guarded && r.Timing.P <= screen && r.Timing.worse() >= r.Rule.MinEffect/2
}

// replace judges rows by the fresh pairs in t.
func (report *Report) replace(rows []*Row, t *Table, th Thresholds) {
	var fresh, judged []*Row
	for _, r := range rows {
		i := slices.IndexFunc(t.Rows, func(f *Row) bool {
			return f.Package == r.Package && f.Benchmark == r.Benchmark && f.tidy == r.tidy && f.Status == ""
		})
		if i < 0 { // it broke meanwhile
			r.Status, r.Why = Undecided, "it could not be measured again"
			continue
		}
		fresh, judged = append(fresh, t.Rows[i]), append(judged, r)
	}
	for _, f := range t.Rows {
		if f.Status == BrokenNow {
			report.Rows = append(report.Rows, f)
		}
	}
	judgeTimings(fresh, t, th)
	for i, r := range judged {
		before, bad := r.Timing, r.looksBad()
		r.Status, r.Why, r.Timing = fresh[i].Status, fresh[i].Why, fresh[i].Timing
		r.Old, r.New = fresh[i].Old, fresh[i].New
		switch {
		case r.Timing == nil || !bad:
		case r.Status == Worse:
			r.Timing.Confirmed = max(before.Confirmed, 0) + 1
		case r.Status == Unchanged && r.Why == "":
			r.Timing.Confirmed = -1
			r.Why = fmt.Sprintf("looked %s worse at first, and %d fresh pairs did not confirm it", percent(before.worse()), r.Timing.Pairs)
		}
	}
}

// leavesOf returns the leaves that the rows belong to.
func (s *Session) leavesOf(leaves []leaf, rows []*Row) []leaf {
	var out []leaf
	for _, l := range leaves {
		if slices.ContainsFunc(rows, func(r *Row) bool {
			return s.bare(benchfmt.Name(r.Benchmark)) == l.name && r.Package == l.file.Results[0].GetConfig("pkg")
		}) {
			out = append(out, l)
		}
	}
	return out
}

// profile writes CPU profiles of both sides of what is worse, and memory profiles where allocations are.
func (s *Session) profile(ctx context.Context, old, new *side, leaves []leaf, report *Report) error {
	if s.Profiles == "" {
		return nil
	}
	dir, err := filepath.Abs(s.Profiles)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for _, l := range leaves {
		memory, bad := false, false
		for _, r := range report.Rows {
			if r.Status == Worse && len(s.leavesOf([]leaf{l}, []*Row{r})) > 0 {
				bad = true
				memory = memory || r.tidy == "allocs/op" || r.tidy == "B/op"
			}
		}
		if !bad {
			continue
		}
		for _, sd := range []*side{old, new} {
			label := "old"
			if sd == new {
				label = "new"
			}
			stem := filepath.Join(dir, strings.Map(fileRune, fmt.Sprintf("%s.%s", l.name, label)))
			s.Progress("profiling " + l.name + " of " + sd.name)
			if err := s.profileTo(ctx, sd.bins[l.pkg], l, "-test.cpuprofile="+stem+".cpu.pprof"); err != nil {
				return err
			}
			report.Profiles = append(report.Profiles, stem+".cpu.pprof")
			if memory {
				if err := s.profileTo(ctx, sd.bins[l.pkg], l, "-test.memprofile="+stem+".mem.pprof", "-test.memprofilerate=1"); err != nil {
					return err
				}
				report.Profiles = append(report.Profiles, stem+".mem.pprof")
			}
		}
	}
	return nil
}

func (s *Session) profileTo(ctx context.Context, bin binary, l leaf, flags ...string) error {
	f, err := s.run(ctx, bin, exactly(l.name), s.profileFor, flags...)
	if err != nil {
		return err
	}
	if len(f.Broken) > 0 {
		return fmt.Errorf("profiling %s of %s: %s", l.name, bin.side, f.Broken[0].Message)
	}
	return nil
}

// fileRune replaces what does not belong into a file's name.
func fileRune(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-=", r) {
		return r
	}
	return '_'
}
