package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/internal/junit"
	"github.com/notifysim/notifysim/sim"
)

// A junitReporter writes JUnit XML in addition to the report of another Reporter.
type junitReporter struct {
	Reporter
	save   func(func(io.Writer) error) error
	report junit.Report
}

// NewJUnit returns a reporter that writes JUnit XML with save and passes every result on to beside. The XML has a suite
// for each scenario file and a test case for each run; a run without expectations is marked as skipped.
func NewJUnit(save func(func(io.Writer) error) error, beside Reporter) Reporter {
	return &junitReporter{beside, save, junit.Report{Name: "notifysim"}}
}

// Result implements Reporter.
func (r *junitReporter) Result(run Run, res *sim.Result, took time.Duration) error {
	suites := r.report.Suites
	if n := len(suites); n == 0 || suites[n-1].Name != run.File.Path {
		suites = append(suites, &junit.Suite{Name: run.File.Path})
		r.report.Suites = suites
	}
	suite := suites[len(suites)-1]
	c := junit.Case{
		Class: run.File.Path, Name: fmt.Sprintf("%s, %s, seed %d", run.Test.Name, run.Release.Name, run.Seed),
		File: run.File.Path, Line: run.Test.Pos.Line, Duration: junit.Duration(took), Output: run.summary(res),
	}
	switch {
	case !res.Pass:
		c.Failure = junitFailure(run, res)
	case run.Checks() == 0:
		c.Skipped = &junit.Message{Message: "no expectation of the test applies to " + run.Release.Name}
	}
	suite.Cases = append(suite.Cases, c)
	return r.Reporter.Result(run, res, took)
}

func junitFailure(run Run, res *sim.Result) *junit.Message {
	m := &junit.Message{}
	if CrossedOnly(res) {
		m.Type = "threshold"
	}
	var lines []string
	for i, f := range res.Failures {
		if i == 0 {
			m.Message = f.Message
		}
		lines = append(lines, fmt.Sprintf("%v: %s", f.Pos, f.Message))
		for _, line := range slices.Concat(f.Alerts, outdent(f.Trace)) {
			lines = append(lines, "    "+line)
		}
	}
	if n := len(res.Failures); n > 1 {
		m.Message += fmt.Sprintf(", and %d more", n-1)
	}
	m.Text = strings.Join(append(lines, "reproduce: "+run.reproduce()), "\n") + "\n"
	return m
}

// Close implements Reporter. It writes the XML even if closing the other reporter fails.
func (r *junitReporter) Close(took time.Duration) error {
	r.report.Duration = took
	err := r.Reporter.Close(took)
	if saveErr := r.save(r.report.Write); saveErr != nil {
		return saveErr
	}
	return err
}
