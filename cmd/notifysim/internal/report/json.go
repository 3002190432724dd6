package report

import (
	"encoding/json"
	"io"
	"time"

	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/ledger"
)

// A runRecord is one line of notifysim test --output json.
type runRecord struct {
	File        string          `json:"file"`
	Test        string          `json:"test"`
	Release     string          `json:"release"`
	Engine      string          `json:"engine"`
	Seed        uint64          `json:"seed"`
	Pass        bool            `json:"pass"`
	Checks      int             `json:"checks"` // see Run.Checks
	Failures    []failureRecord `json:"failures"`
	Known       []failureRecord `json:"known"`           // failures that the file declares with fails_on for the release
	Notes       []string        `json:"notes,omitempty"` // notes about the file
	Summary     string          `json:"summary"`         // see package sim/summary
	TraceSHA256 string          `json:"trace_sha256"`
	Ledger      ledger.Ledger   `json:"ledger"`
	// Accounts counts alerts, while Ledger counts copies of alerts.
	Accounts ledger.AlertAccounts `json:"alerts"`
}

type failureRecord struct {
	File    string   `json:"file"`
	Line    int      `json:"line"`
	Column  int      `json:"column"`
	Message string   `json:"message"`
	Alerts  []string `json:"alerts,omitempty"`
	Trace   []string `json:"trace,omitempty"`
	Reason  string   `json:"reason,omitempty"` // the reason that fails_on gives for a known failure

	Threshold bool `json:"threshold,omitempty"` // the failure is a crossed threshold
}

func failureRecords(failures []sim.Failure) []failureRecord {
	list := []failureRecord{}
	for _, f := range failures {
		list = append(list, failureRecord{
			f.Pos.File, f.Pos.Line, f.Pos.Col, f.Message, f.Alerts, f.Trace, f.Known, f.Threshold,
		})
	}
	return list
}

// newEncoder returns an encoder that does not escape <, > and &.
func newEncoder(w io.Writer) *json.Encoder {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc
}

type jsonReporter struct{ enc *json.Encoder }

// NewJSON returns a reporter that writes one JSON object for each run, one on each line.
func NewJSON(w io.Writer) Reporter { return &jsonReporter{newEncoder(w)} }

// Result implements Reporter.
func (r *jsonReporter) Result(run Run, res *sim.Result, _ time.Duration) error {
	return r.enc.Encode(runRecord{
		File: res.File, Test: res.Test, Release: res.Release, Engine: res.Engine, Seed: res.Seed,
		Pass: res.Pass, Checks: run.Checks(), Failures: failureRecords(res.Failures), Known: failureRecords(res.Known),
		Notes: run.File.Notes(), Summary: run.summary(res), TraceSHA256: res.TraceSHA256, Ledger: res.Ledger,
		Accounts: res.Accounts,
	})
}

// Close implements Reporter.
func (r *jsonReporter) Close(time.Duration) error { return nil }
