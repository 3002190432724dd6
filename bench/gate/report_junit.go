package gate

import (
	"fmt"
	"io"

	"github.com/notifysim/notifysim/internal/junit"
)

// WriteJUnit writes the report as JUnit XML, with a test case for every row and every problem. A row that fails the
// gate is a failure, a problem that prevents a verdict is an error, and a row that is not judged is skipped.
func (r *Report) WriteJUnit(w io.Writer) error {
	suite := &junit.Suite{Name: fmt.Sprintf("%s: %s against %s", r.Verdict, r.New, r.Old)}
	for _, p := range r.Problems {
		err := &junit.Message{Message: p.Error()}
		suite.Cases = append(suite.Cases, junit.Case{Class: "gate", Name: "problem", Error: err})
	}
	for _, row := range r.Rows {
		c := junit.Case{Class: row.Package, Name: row.String()}
		old, new := row.values()
		m := &junit.Message{
			Message: fmt.Sprintf("%s: %s", row.Status, row.Why),
			Text:    fmt.Sprintf("old %s, new %s. %s", old, new, row.evidence()),
		}
		switch {
		case row.Status.fails():
			c.Failure = m
		case row.Status == Undecided || row.Status == Inconclusive:
			c.Error = m
		case row.Status == Ignored || row.Status == NotJudged || row.Status == Added:
			c.Skipped = m
		}
		suite.Cases = append(suite.Cases, c)
	}
	report := junit.Report{Name: "notifysim gate", Errors: true, Suites: []*junit.Suite{suite}}
	return report.Write(w)
}
