package gate

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// A profiler writes profiles of the benchmarks that became worse.
type profiler struct {
	*runner
	dir       string
	benchtime string
	progress  func(string)
}

// run profiles both sides of each benchmark that has a worse row: the processor time, and the memory if allocations
// became worse. It adds the files to the report.
func (p *profiler) run(ctx context.Context, old, new *side, benchmarks []benchmark, report *Report) error {
	dir, err := filepath.Abs(p.dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for _, b := range benchmarks {
		worse, memory := false, false
		for _, r := range report.Rows {
			if r.Status == Worse && p.belongs(r, b) {
				worse = true
				memory = memory || r.tidy == "allocs/op" || r.tidy == "B/op"
			}
		}
		if !worse {
			continue
		}
		for _, sd := range []*side{old, new} {
			label := "old"
			if sd == new {
				label = "new"
			}
			stem := filepath.Join(dir, strings.Map(fileRune, fmt.Sprintf("%s.%s", b.name, label)))
			p.progress("profiling " + b.name + " of " + sd.name)
			cpu, mem := stem+".cpu.pprof", stem+".mem.pprof"
			if err := p.profile(ctx, sd.bins[b.pkg], b, "-test.cpuprofile="+cpu); err != nil {
				return err
			}
			report.Profiles = append(report.Profiles, cpu)
			if memory {
				if err := p.profile(ctx, sd.bins[b.pkg], b, "-test.memprofile="+mem, "-test.memprofilerate=1"); err != nil {
					return err
				}
				report.Profiles = append(report.Profiles, mem)
			}
		}
	}
	return nil
}

func (p *profiler) profile(ctx context.Context, bin binary, b benchmark, flags ...string) error {
	f, err := p.runner.run(ctx, bin, exactly(b.name), p.benchtime, flags...)
	if err != nil {
		return err
	}
	if len(f.Failed) > 0 {
		return fmt.Errorf("profiling %s of %s: %s", b.name, bin.side, f.Failed[0].Message)
	}
	return nil
}

// fileRune replaces characters that must not be in a file name.
func fileRune(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-=", r) {
		return r
	}
	return '_'
}
