package main

import (
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/summary"
)

// The elements of JUnit's XML that tools read.
type (
	junitSuites struct {
		XMLName  xml.Name      `xml:"testsuites"`
		Name     string        `xml:"name,attr"`
		Tests    int           `xml:"tests,attr"`
		Failures int           `xml:"failures,attr"`
		Skipped  int           `xml:"skipped,attr"`
		Time     string        `xml:"time,attr"`
		Suites   []*junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		File    string        `xml:"file,attr"`
		Line    int           `xml:"line,attr"`
		Failure *junitMessage `xml:"failure"`
		Skipped *junitMessage `xml:"skipped"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// A junitReporter writes a file of JUnit's XML beside another report: a suite a scenario file, a test case a run. A run without
// expectations is skipped.
type junitReporter struct {
	reporter
	path   string
	report junitSuites
}

func (r *junitReporter) result(j job, res *sim.Result) error {
	s := &r.report
	if n := len(s.Suites); n == 0 || s.Suites[n-1].Name != j.file.Path {
		s.Suites = append(s.Suites, &junitSuite{Name: j.file.Path})
	}
	suite := s.Suites[len(s.Suites)-1]
	c := junitCase{
		Class: j.file.Path, Name: fmt.Sprintf("%s, %s, seed %d", j.test.Name, j.release.Name, j.seed),
		File: j.file.Path, Line: j.test.Pos.Line, Out: summary.Of(j.file, j.test, j.release, res),
	}
	suite.Tests++
	switch {
	case !res.Pass:
		suite.Failures++
		c.Failure = junitFailure(j, res)
	case j.checks() == 0:
		suite.Skipped++
		c.Skipped = &junitMessage{Message: "no expectation of the test is for " + j.release.Name}
	}
	suite.Cases = append(suite.Cases, c)
	return r.reporter.result(j, res)
}

func junitFailure(j job, res *sim.Result) *junitMessage {
	m := &junitMessage{}
	if crossedOnly(res) {
		m.Type = "threshold"
	}
	var lines []string
	for i, f := range res.Failures {
		if i == 0 {
			m.Message = f.Message
		}
		lines = append(lines, fmt.Sprintf("%v: %s", f.Pos, f.Message))
		for _, line := range append(f.Alerts, outdent(f.Trace)...) {
			lines = append(lines, "    "+line)
		}
	}
	if n := len(res.Failures); n > 1 {
		m.Message += fmt.Sprintf(", and %d more", n-1)
	}
	m.Text = strings.Join(append(lines, "reproduce: "+j.reproduce()), "\n") + "\n"
	return m
}

// close writes the file, whatever becomes of the report beside it.
func (r *junitReporter) close(took time.Duration) error {
	s := &r.report
	s.Name, s.Time = "notifysim", fmt.Sprintf("%.3f", took.Seconds())
	for _, suite := range s.Suites {
		s.Tests += suite.Tests
		s.Failures += suite.Failures
		s.Skipped += suite.Skipped
	}
	err := r.reporter.close(took)
	if werr := r.write(); werr != nil {
		return codedError{exitHarness, fmt.Errorf("notifysim: --junit: %w", werr)}
	}
	return err
}

func (r *junitReporter) write() error {
	f, err := os.Create(r.path)
	if err != nil {
		return err
	}
	if _, err = io.WriteString(f, xml.Header); err == nil {
		enc := xml.NewEncoder(f)
		enc.Indent("", "  ")
		err = enc.Encode(r.report)
	}
	if err == nil {
		_, err = io.WriteString(f, "\n")
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}
