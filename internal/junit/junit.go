package junit

import (
	"encoding/xml"
	"fmt"
	"io"
	"time"
)

// A Report is a complete file.
type Report struct {
	Name   string
	Suites []*Suite

	// Errors says that cases can have an Error as well as a Failure. The elements then have the attribute errors.
	Errors bool
	// Duration is how long all tests together took; 0 means the sum of the durations of the cases.
	Duration time.Duration
}

// A Suite is a group of cases.
type Suite struct {
	Name  string
	Cases []Case
}

// A Case is one test. At most one of Failure, Error and Skipped is set. If none is, the test passed.
type Case struct {
	Class    string   `xml:"classname,attr"`
	Name     string   `xml:"name,attr"`
	File     string   `xml:"file,attr,omitempty"`
	Line     int      `xml:"line,attr,omitempty"`
	Duration Duration `xml:"time,attr"`
	Failure  *Message `xml:"failure"` // the test failed
	Error    *Message `xml:"error"`   // it could not be decided whether the test passes
	Skipped  *Message `xml:"skipped"`
	Output   string   `xml:"system-out,omitempty"`
}

// A Duration is written in seconds with six decimal places.
type Duration time.Duration

// MarshalXMLAttr implements xml.MarshalerAttr.
func (d Duration) MarshalXMLAttr(name xml.Name) (xml.Attr, error) {
	return xml.Attr{Name: name, Value: fmt.Sprintf("%.6f", time.Duration(d).Seconds())}, nil
}

// A Message says why a case did not pass: Message in one line, Text in detail.
type Message struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// counts are the attributes that the elements testsuites and testsuite have in common.
type counts struct {
	Name     string `xml:"name,attr"`
	Tests    int    `xml:"tests,attr"`
	Failures int    `xml:"failures,attr"`
	Errors   *int   `xml:"errors,attr"` // nil leaves the attribute out
	Skipped  int    `xml:"skipped,attr"`

	Duration Duration `xml:"time,attr"`
}

type suiteElement struct {
	counts
	Cases []Case `xml:"testcase"`
}

type reportElement struct {
	XMLName xml.Name `xml:"testsuites"`
	counts
	Suites []suiteElement `xml:"testsuite"`
}

// Write writes the report to w.
func (r *Report) Write(w io.Writer) error {
	out := reportElement{counts: r.counts(r.Name)}
	for _, s := range r.Suites {
		element := suiteElement{r.counts(s.Name), s.Cases}
		for i := range s.Cases {
			element.count(&s.Cases[i])
			out.count(&s.Cases[i])
		}
		out.Suites = append(out.Suites, element)
	}
	if r.Duration != 0 {
		out.Duration = Duration(r.Duration)
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

// counts returns the attributes of an element with this name, with all counts 0.
func (r *Report) counts(name string) counts {
	c := counts{Name: name}
	if r.Errors {
		c.Errors = new(int)
	}
	return c
}

// count adds a case to the counts.
func (c *counts) count(one *Case) {
	c.Tests++
	c.Duration += one.Duration
	switch {
	case one.Failure != nil:
		c.Failures++
	case one.Error != nil && c.Errors != nil:
		*c.Errors++
	case one.Skipped != nil:
		c.Skipped++
	}
}
