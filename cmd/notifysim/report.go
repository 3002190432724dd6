package main

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/notifysim/notifysim/sim"
)

// A reporter shows outcomes as they come.
type reporter interface {
	result(job, *sim.Result) error
	close(took time.Duration) error
}

// A record is what --output json says of one run. Its field names are a contract: additions only.
type record struct {
	File        string     `json:"file"`
	Test        string     `json:"test"`
	Release     string     `json:"release"`
	Engine      string     `json:"engine"`
	Seed        uint64     `json:"seed"`
	Pass        bool       `json:"pass"`
	Failures    []failure  `json:"failures"`
	TraceSHA256 string     `json:"trace_sha256"`
	Ledger      sim.Ledger `json:"ledger"`
}

type failure struct {
	File    string   `json:"file"`
	Line    int      `json:"line"`
	Column  int      `json:"column"`
	Message string   `json:"message"`
	Alerts  []string `json:"alerts,omitempty"`
	Trace   []string `json:"trace,omitempty"`
}

type jsonReporter struct{ enc *json.Encoder }

func newJSONReporter(w io.Writer) *jsonReporter {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return &jsonReporter{enc}
}

func (r *jsonReporter) result(_ job, res *sim.Result) error {
	rec := record{
		File: res.File, Test: res.Test, Release: res.Release, Engine: res.Engine, Seed: res.Seed,
		Pass: res.Pass, Failures: []failure{}, TraceSHA256: res.TraceSHA256, Ledger: res.Ledger,
	}
	for _, f := range res.Failures {
		rec.Failures = append(rec.Failures, failure{f.Pos.File, f.Pos.Line, f.Pos.Col, f.Message, f.Alerts, f.Trace})
	}
	return r.enc.Encode(rec)
}

func (r *jsonReporter) close(time.Duration) error { return nil }

// A textReporter prints a table, a row for each test and release, then what failed.
type textReporter struct {
	w        io.Writer
	named    bool // the user named the files
	table    table.Writer
	row      *row
	runs     int
	failed   int
	failures strings.Builder
}

// A row sums up the runs of one test and release over their seeds.
type row struct {
	file, test, release      string
	seeds, failed            int
	offered, delivered, lost int64
	unmet                    int
}

func newTextReporter(w io.Writer, named bool) *textReporter {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Options = table.Options{SeparateColumns: false, SeparateHeader: true}
	t.Style().Format.Header = text.FormatDefault
	t.AppendHeader(table.Row{"scenario", "test", "release", "runs", "offered", "delivered", "lost", "verdict"})
	right := func(name string) table.ColumnConfig {
		return table.ColumnConfig{Name: name, Align: text.AlignRight, AlignHeader: text.AlignRight}
	}
	t.SetColumnConfigs([]table.ColumnConfig{right("runs"), right("offered"), right("delivered"), right("lost")})
	return &textReporter{w: w, named: named, table: t}
}

func (r *textReporter) result(j job, res *sim.Result) error {
	if r.row == nil || r.row.file != res.File || r.row.test != res.Test || r.row.release != res.Release {
		r.flush()
		r.row = &row{file: res.File, test: res.Test, release: res.Release}
	}
	r.runs++
	r.row.seeds++
	r.row.offered += res.Ledger.Offered
	r.row.delivered += res.Ledger.Delivered
	r.row.lost += res.Ledger.Lost
	if res.Pass {
		return nil
	}
	r.failed++
	r.row.failed++
	r.row.unmet += len(res.Failures)
	if r.row.failed > 1 {
		return nil // the first seed that fails tells the story
	}
	for i, f := range res.Failures {
		fmt.Fprintf(&r.failures, "\n%v: %s   (release %s, seed %d)\n", f.Pos, f.Message, res.Release, res.Seed)
		if i > 0 && slices.Equal(f.Trace, res.Failures[i-1].Trace) && slices.Equal(f.Alerts, res.Failures[i-1].Alerts) {
			fmt.Fprintf(&r.failures, "    as above\n")
			continue
		}
		for _, line := range f.Alerts {
			fmt.Fprintf(&r.failures, "    %s\n", line)
		}
		for _, line := range f.Trace {
			fmt.Fprintf(&r.failures, "        %s\n", line)
		}
	}
	fmt.Fprintf(&r.failures, "    reproduce: %s\n", reproduce(res))
	return nil
}

// flush ends the row of a test and release.
func (r *textReporter) flush() {
	if r.row == nil {
		return
	}
	verdict := "pass"
	if r.row.failed > 0 {
		verdict = fmt.Sprintf("FAIL (%d expectations)", r.row.unmet)
		if r.row.unmet == 1 {
			verdict = "FAIL (1 expectation)"
		}
	}
	r.table.AppendRow(table.Row{
		r.row.file, r.row.test, r.row.release, r.row.seeds, r.row.offered, r.row.delivered, r.row.lost, verdict,
	})
}

func (r *textReporter) close(took time.Duration) error {
	r.flush()
	verdict := "all passed"
	if r.failed > 0 {
		verdict = fmt.Sprintf("%d failed", r.failed)
	}
	_, err := fmt.Fprintf(r.w, "%s\n%s\n%d runs, %s, in %v\n", r.table.Render(), r.failures.String(), r.runs, verdict, took.Round(time.Millisecond))
	return err
}

// reproduce is the command that repeats a run.
func reproduce(res *sim.Result) string {
	cmd := fmt.Sprintf("notifysim test --release %s --run %s", res.Release, quote("^"+regexp.QuoteMeta(res.Test)+"$"))
	if res.Seed != 1 {
		cmd += fmt.Sprintf(" --seeds %d", res.Seed)
	}
	return cmd + " " + quote(res.File)
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
