package gate

import (
	"encoding/xml"
	"fmt"
	"io"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	Failure *junitMessage `xml:"failure"`
	Error   *junitMessage `xml:"error"`
	Skipped *junitMessage `xml:"skipped"`
}

type junitMessage struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes the report in JUnit's XML: a test case for every row and every problem. What fails the gate is a
// failure, what keeps it from deciding is an error, and a row that is not judged is skipped.
func (r *Report) WriteJUnit(w io.Writer) error {
	suite := junitSuite{Name: fmt.Sprintf("%s: %s against %s", r.Verdict, r.New, r.Old)}
	for _, p := range r.Problems {
		suite.Errors++
		suite.Cases = append(suite.Cases, junitCase{Class: "gate", Name: "problem", Error: &junitMessage{Message: p.Error()}})
	}
	for _, row := range r.Rows {
		c := junitCase{Class: row.Package, Name: row.String()}
		old, new := row.values()
		m := &junitMessage{Message: fmt.Sprintf("%s: %s", row.Status, row.Why), Text: fmt.Sprintf("old %s, new %s. %s", old, new, row.evidence())}
		switch {
		case row.Status.fails():
			c.Failure = m
			suite.Failures++
		case row.Status == Undecided || row.Status == Inconclusive:
			c.Error = m
			suite.Errors++
		case row.Status == Ignored || row.Status == NotJudged || row.Status == Added:
			c.Skipped = m
			suite.Skipped++
		}
		suite.Cases = append(suite.Cases, c)
	}
	suite.Tests = len(suite.Cases)
	out := junitSuites{
		Name: "notifysim gate", Tests: suite.Tests, Failures: suite.Failures, Errors: suite.Errors, Skipped: suite.Skipped,
		Suites: []junitSuite{suite},
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(out); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
