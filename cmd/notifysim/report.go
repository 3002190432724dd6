package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/ledger"
	"github.com/notifysim/notifysim/sim/summary"
)

// A reporter shows outcomes as they come.
type reporter interface {
	result(job, *sim.Result) error
	close(took time.Duration) error
}

// A record is what --output json says of one run. Its field names are a contract: additions only.
type record struct {
	File        string        `json:"file"`
	Test        string        `json:"test"`
	Release     string        `json:"release"`
	Engine      string        `json:"engine"`
	Seed        uint64        `json:"seed"`
	Pass        bool          `json:"pass"`
	Checks      int           `json:"checks"` // expectations that are for the release
	Failures    []failure     `json:"failures"`
	Known       []failure     `json:"known"`           // what failed as the file says it does on the release
	Notes       []string      `json:"notes,omitempty"` // of the file
	Summary     string        `json:"summary"`         // what happened, in a sentence or two
	TraceSHA256 string        `json:"trace_sha256"`
	Ledger      ledger.Ledger `json:"ledger"`
}

type failure struct {
	File    string   `json:"file"`
	Line    int      `json:"line"`
	Column  int      `json:"column"`
	Message string   `json:"message"`
	Alerts  []string `json:"alerts,omitempty"`
	Trace   []string `json:"trace,omitempty"`
	Reason  string   `json:"reason,omitempty"` // of one that is known

	Threshold bool `json:"threshold,omitempty"` // it is a threshold that was crossed
}

func failuresOf(list []sim.Failure) []failure {
	fs := []failure{}
	for _, f := range list {
		fs = append(fs, failure{f.Pos.File, f.Pos.Line, f.Pos.Col, f.Message, f.Alerts, f.Trace, f.Known, f.Threshold})
	}
	return fs
}

// crossedOnly reports whether a run crossed thresholds, and every expectation held.
func crossedOnly(res *sim.Result) bool {
	return !res.Pass && !slices.ContainsFunc(res.Failures, func(f sim.Failure) bool { return !f.Threshold })
}

type jsonReporter struct{ enc *json.Encoder }

func newJSONReporter(w io.Writer) *jsonReporter {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return &jsonReporter{enc}
}

func (r *jsonReporter) result(j job, res *sim.Result) error {
	return r.enc.Encode(record{
		File: res.File, Test: res.Test, Release: res.Release, Engine: res.Engine, Seed: res.Seed,
		Pass: res.Pass, Checks: j.checks(), Failures: failuresOf(res.Failures), Known: failuresOf(res.Known), Notes: j.file.Notes(),
		Summary: summary.Of(j.file, j.test, j.release, res), TraceSHA256: res.TraceSHA256, Ledger: res.Ledger,
	})
}

func (r *jsonReporter) close(time.Duration) error { return nil }

// reproduce is the command that repeats a run.
func (j job) reproduce() string {
	pattern := regexp.QuoteMeta(j.test.Name)
	for _, t := range j.file.Tests {
		if t != j.test && strings.Contains(t.Name, j.test.Name) {
			pattern = "^" + pattern + "$"
			break
		}
	}
	cmd := fmt.Sprintf("notifysim test --release %s --run %s", j.release.Name, quote(pattern))
	if (j.test.Seeds != scenarios.Seeds{From: j.seed, To: j.seed}) {
		cmd += fmt.Sprintf(" --seeds %d", j.seed)
	}
	switch {
	case j.fork != nil:
		cmd += " --notifier " + quote(j.fork.dir)
	case j.engine != sim.EngineModel:
		cmd += " --engine " + string(j.engine)
	}
	path := j.file.Path
	if strings.HasPrefix(path, "-") {
		path = "./" + path
	}
	return cmd + " " + quote(path)
}

// quote makes s one word for a shell.
func quote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./:,", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// onGitHub reports whether a workflow of GitHub runs the command and reads annotations from its output.
func onGitHub() bool { return os.Getenv("GITHUB_ACTIONS") == "true" }

// annotateFailures marks what failed in the file, where GitHub shows it.
func annotateFailures(w io.Writer, res *sim.Result) {
	if !onGitHub() {
		return
	}
	for _, f := range res.Failures {
		title := fmt.Sprintf("%s (release %s, seed %d)", res.Test, res.Release, res.Seed)
		annotate(w, f.Pos, title, strings.Join(append([]string{f.Message}, f.Alerts...), "\n"))
	}
}

// annotateErrors marks what is wrong in scenario files, where GitHub shows it.
func annotateErrors(w io.Writer, err error) {
	if !onGitHub() {
		return
	}
	switch e := err.(type) {
	case scenarios.Errors:
		for _, one := range e {
			annotate(w, one.Pos, "bad scenario", one.Msg)
		}
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			annotateErrors(w, one)
		}
	}
}

var (
	annotationText  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	annotationValue = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func annotate(w io.Writer, pos scenarios.Pos, title, msg string) {
	fmt.Fprintf(w, "::error file=%s,line=%d,col=%d,title=%s::%s\n",
		annotationValue.Replace(pos.File), max(pos.Line, 1), max(pos.Col, 1), annotationValue.Replace(title), annotationText.Replace(msg))
}
