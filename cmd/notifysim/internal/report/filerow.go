package report

import (
	"fmt"
	"slices"
	"strings"
)

// A fileRow is the row of one file in a report on many files. It consists of the rows of the file's tests.
type fileRow []*row

// releases returns the names of the releases with which the file ran. Of more than two it names the first and the last.
func (f fileRow) releases() string {
	var names []string
	for _, w := range f {
		if name := w.run.Release.Name; !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if n := len(names); n > 2 {
		return names[0] + " … " + names[n-1]
	}
	return strings.Join(names, ", ")
}

func (f fileRow) runs() (n int) {
	for _, w := range f {
		n += w.runs
	}
	return n
}

// lost returns the smallest and the largest number of copies that a run of the file lost.
func (f fileRow) lost() span {
	var lost span
	for _, w := range f {
		lost.add(w.total.lost.min)
		lost.add(w.total.lost.max)
	}
	return lost
}

// verdict returns the verdict over all runs of the file, in the words that row.verdict uses.
func (f fileRow) verdict(p painter) string {
	failed, crossed, known, checked := 0, 0, 0, false
	for _, w := range f {
		failed += w.failed
		crossed += w.crossed
		known += w.known
		checked = checked || w.run.Checks() > 0
	}
	switch {
	case failed > 0 && failed == crossed:
		return p.red(fmt.Sprintf("CROSSED %d/%d runs", failed, f.runs()))
	case failed > 0:
		return p.red(fmt.Sprintf("FAIL %d/%d runs", failed, f.runs()))
	case !checked:
		return p.yellow("unchecked")
	case known > 0:
		return p.yellow("pass, known")
	}
	return p.green("pass")
}
