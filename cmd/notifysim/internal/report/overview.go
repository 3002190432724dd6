package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/notifysim/notifysim/sim"
)

// An Example is the scenario with which an overview begins: a file of the library, and a sentence about it.
type Example struct{ File, About string }

// An overview is the report that a new user sees first, after notifysim test without arguments.
type overview struct {
	*textReporter
	example Example
	full    *textReporter // collects the runs of the example
}

// NewOverview returns a reporter for notifysim test without arguments. It shows the example in full, a table with a row
// for each file, and commands to try next.
func NewOverview(w io.Writer, example Example) Reporter {
	return &overview{newText(w, false), example, newText(w, false)}
}

// Result implements Reporter.
func (o *overview) Result(run Run, res *sim.Result, took time.Duration) error {
	if run.File.Path == o.example.File {
		o.full.add(run, res)
	}
	return o.textReporter.Result(run, res, took)
}

// Close implements Reporter.
func (o *overview) Close(took time.Duration) error {
	var b strings.Builder
	if len(o.full.rows) > 0 {
		for _, line := range wrapped(o.example.About, limited(pathWidth, o.width)) {
			fmt.Fprintln(&b, o.paint.bold(line))
		}
		b.WriteByte('\n')
		o.full.writeTestTable(&b, true)
		b.WriteByte('\n')
	}
	if _, err := io.WriteString(o.w, b.String()); err != nil {
		return err
	}
	if err := o.textReporter.Close(took); err != nil {
		return err
	}
	_, err := fmt.Fprint(o.w, `
next:
  notifysim test mine.yml                           test a scenario of your own
  notifysim plan --alerts 1000 --outage 'hang 15m'  find the capacity you need
  https://github.com/notifysim/notifysim            how to write a scenario
`)
	return err
}
