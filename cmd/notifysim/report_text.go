package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/summary"
)

// A textReporter prints a table, a section for each file and a row for each test and release, then what failed.
type textReporter struct {
	w     io.Writer
	paint painter
	named bool // the user named the files: say more of each
	story bool // say of each test what happened
	table table.Writer
	file  *scenarios.File // of the last section
	row   *row

	failures, known, notes strings.Builder
	files, tests           map[any]bool
	runs, bad, unjudged    int
	crossed                int // of the bad, those that crossed thresholds and nothing else
	withKnown              int // runs that pass with failures that were known
}

const (
	nameWidth  = 49  // of the column of names; longer ones take two lines
	restWidth  = 42  // of the last column
	pathWidth  = 100 // of a section's title
	storyWidth = 90  // of the sentences under a test
	maxPeers   = 12  // Alertmanagers shown of a row
)

func newTextReporter(w io.Writer, named, story bool) *textReporter {
	t := newTable()
	header := table.Row{"test", "release", "offered", "delivered", "lost", "verdict"}
	if named {
		header = append(header, "dropped or waiting")
	}
	t.AppendHeader(header)
	columns := []table.ColumnConfig{{Number: 1, WidthMax: nameWidth, WidthMaxEnforcer: wrapName}}
	columns = append(columns, table.ColumnConfig{Number: 7, WidthMax: restWidth, WidthMaxEnforcer: wrapList})
	for n := 3; n <= 5; n++ {
		columns = append(columns, table.ColumnConfig{Number: n, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.SetColumnConfigs(columns)
	return &textReporter{w: w, paint: painter(colours(w)), named: named, story: story, table: t, files: map[any]bool{}, tests: map[any]bool{}}
}

// wrapName breaks a name that is too long and keeps its indentation.
func wrapName(s string, width int) string {
	indent := len(s) - len(strings.TrimLeft(s, " "))
	if indent == 0 || indent == storyIndent {
		return s // a section's title, or a line of its story
	}
	margin := strings.Repeat(" ", indent)
	wrapped := strings.TrimRight(text.WrapSoft(s[indent:], width-indent), " ")
	return margin + strings.ReplaceAll(wrapped, "\n", "\n"+margin)
}

// wrapList breaks a list between its items.
func wrapList(s string, width int) string {
	if strings.HasPrefix(s, " ") {
		return s // a line of a story
	}
	var b strings.Builder
	room := width
	for i, item := range strings.Split(s, ", ") {
		if i > 0 {
			b.WriteByte(',')
			if len([]rune(item))+2 <= room {
				b.WriteByte(' ')
				room -= 2
			} else {
				b.WriteByte('\n')
				room = width
			}
		}
		b.WriteString(item)
		room -= len([]rune(item))
	}
	return b.String()
}

func (r *textReporter) result(j job, res *sim.Result) error {
	if r.row == nil || r.row.job.file != j.file || r.row.job.test != j.test || r.row.job.release != j.release {
		r.flush()
		r.row = &row{job: j, peers: map[string]*account{}, story: summary.Of(j.file, j.test, j.release, res)}
	}
	r.runs++
	r.files[j.file], r.tests[j.test] = true, true
	r.row.add(&res.Ledger)
	switch {
	case !res.Pass && r.row.bad == 0: // the first seed that fails tells the story
		r.tell(j, res)
	case !res.Pass:
		r.row.seeds = append(r.row.seeds, j.seed)
	case j.checks() == 0:
		r.unjudged++
	}
	if !res.Pass {
		r.bad++
		if r.row.bad++; crossedOnly(res) {
			r.crossed++
			r.row.crossed++
		}
	} else if len(res.Known) > 0 {
		r.withKnown++
	}
	if len(res.Known) > 0 {
		if r.row.known++; r.row.known == 1 {
			r.tellKnown(res)
		}
	}
	return nil
}

// tellKnown writes what failed in a run as the file says.
func (r *textReporter) tellKnown(res *sim.Result) {
	for i, f := range res.Known {
		if i == 0 || f.Known != res.Known[i-1].Known {
			fmt.Fprintf(&r.known, "known on %s: %s\n", res.Release, r.paint.yellow(f.Known))
		}
		fmt.Fprintf(&r.known, "    %v: %s\n", f.Pos, f.Message)
	}
}

// tell writes what failed in a run.
func (r *textReporter) tell(j job, res *sim.Result) {
	out := &r.failures
	which := "release " + res.Release
	if j.test.Seeds.From != j.test.Seeds.To || res.Seed != 1 {
		which += fmt.Sprintf(", seed %d", res.Seed)
	}
	for i, f := range res.Failures {
		fmt.Fprintf(out, "\n%v: %s   (%s)\n", f.Pos, r.paint.red(f.Message), which)
		if i > 0 && slices.Equal(f.Trace, res.Failures[i-1].Trace) && slices.Equal(f.Alerts, res.Failures[i-1].Alerts) {
			fmt.Fprintf(out, "    as above\n")
			continue
		}
		for _, line := range f.Alerts {
			fmt.Fprintf(out, "    %s\n", line)
		}
		for _, line := range outdent(f.Trace) {
			fmt.Fprintf(out, "        %s\n", r.paint.dim(line))
		}
	}
	if !r.story || j.test.Seeds.From != j.test.Seeds.To {
		for _, line := range strings.Split(text.WrapSoft(summary.Of(j.file, j.test, j.release, res), storyWidth), "\n") {
			fmt.Fprintf(out, "    %s\n", strings.TrimSpace(line))
		}
	}
	fmt.Fprintf(out, "    reproduce: %s\n", j.reproduce())
}

// outdent removes the blanks that all lines begin with.
func outdent(lines []string) []string {
	margin := -1
	for _, line := range lines {
		if n := len(line) - len(strings.TrimLeft(line, " ")); margin < 0 || n < margin {
			margin = n
		}
	}
	var cut []string
	for _, line := range lines {
		if n := len(line) - len(strings.TrimLeft(line, " ")); n < len(line) {
			line = line[margin:]
		}
		cut = append(cut, line)
	}
	return cut
}

// flush ends the row of a test and release.
func (r *textReporter) flush() {
	w := r.row
	if w == nil {
		return
	}
	if r.file != w.job.file {
		r.section(w.job.file)
	}
	if len(w.seeds) > 0 {
		var seeds []string
		for _, s := range w.seeds {
			seeds = append(seeds, fmt.Sprint(s))
		}
		fmt.Fprintf(&r.failures, "    failed with these seeds too: %s\n", list(seeds, 20))
	}
	whole := w.whole
	cells := table.Row{"  " + w.job.test.Name, w.job.release.Name, whole.offered, whole.delivered, whole.lost, r.verdict(w)}
	if !r.named {
		r.table.AppendRow(cells)
		return
	}
	defer r.tellStory(w)
	r.table.AppendRow(append(cells, whole.rest()))
	for i, p := range w.replicas {
		rest := p.rest()
		if i == 0 { // what all lost is told once, beside the first
			rest = strings.TrimPrefix(rest+", lost by "+summary.AllReplicas(len(w.replicas))+" "+w.lostByAll.String(), ", ")
		}
		r.table.AppendRow(table.Row{fmt.Sprintf("    replica %d", i+1), "", p.offered, p.delivered, p.lost, "", rest})
	}
	addresses := slices.Sorted(maps.Keys(w.peers))
	for i, address := range addresses {
		if i == maxPeers {
			r.table.AppendRow(table.Row{fmt.Sprintf("    and %d more Alertmanagers", len(addresses)-maxPeers)})
			break
		}
		p := w.peers[address]
		r.table.AppendRow(table.Row{"    " + address, "", p.offered, p.delivered, "", "", p.rest()})
	}
}

// section begins the rows of a file.
func (r *textReporter) section(f *scenarios.File) {
	r.file = f
	title := []rune(f.Path)
	if n := len(title) - pathWidth; n > 0 {
		title = append([]rune("…"), title[n+1:]...)
	}
	cells := make(table.Row, 6)
	if r.named {
		cells = make(table.Row, 7)
		for _, note := range f.Notes() {
			fmt.Fprintf(&r.notes, "note: %s\n", note)
		}
	}
	for i := range cells {
		cells[i] = r.paint.bold(string(title))
	}
	r.table.AppendRow(cells, table.RowConfig{AutoMerge: true, AutoMergeAlign: text.AlignLeft})
}

// verdict is pass, FAIL, CROSSED if only thresholds were, or unchecked: no expectation of the test is for the release. A pass is known with what fails as the file says.
func (r *textReporter) verdict(w *row) string {
	switch {
	case w.bad > 0 && w.bad == w.crossed && w.runs > 1:
		return r.paint.red(fmt.Sprintf("CROSSED %d/%d seeds", w.bad, w.runs))
	case w.bad > 0 && w.bad == w.crossed:
		return r.paint.red("CROSSED")
	case w.bad > 0 && w.runs > 1:
		return r.paint.red(fmt.Sprintf("FAIL %d/%d seeds", w.bad, w.runs))
	case w.bad > 0:
		return r.paint.red("FAIL")
	case w.job.checks() == 0:
		return r.paint.yellow("unchecked")
	case w.known > 0 && w.runs > 1:
		return r.paint.yellow(fmt.Sprintf("pass, known %d/%d seeds", w.known, w.runs))
	case w.known > 0:
		return r.paint.yellow("pass, known")
	case w.runs > 1:
		return r.paint.green(fmt.Sprintf("pass %d seeds", w.runs))
	}
	return r.paint.green("pass")
}

func (r *textReporter) close(took time.Duration) error {
	r.flush()
	_, err := fmt.Fprintf(r.w, "%s\n", r.table.Render())
	known := r.known.String()
	if !r.named { // of the library the count is enough
		known = ""
	}
	for _, part := range []string{r.notes.String(), known, r.failures.String()} {
		if part != "" && err == nil {
			_, err = fmt.Fprintf(r.w, "\n%s", strings.TrimPrefix(part, "\n"))
		}
	}
	if err == nil {
		_, err = fmt.Fprintf(r.w, "\n%s, in %v\n", r.summary(), took.Round(time.Millisecond))
	}
	return err
}

// summary is the last line: how many runs there were, and how they ended.
func (r *textReporter) summary() string {
	all := fmt.Sprintf("%s of %s in %s", plural(r.runs, "run"), plural(len(r.tests), "test"), plural(len(r.files), "file"))
	var parts []string
	say := func(n int, what string, colour func(string) string) {
		if n > 0 {
			parts = append(parts, colour(fmt.Sprintf("%d %s", n, what)))
		}
	}
	say(r.bad-r.crossed, "failed", r.paint.red)
	say(r.crossed, "crossed thresholds", r.paint.red)
	passed := "passed"
	if r.withKnown > 0 {
		passed = fmt.Sprintf("passed (%d with known failures)", r.withKnown)
	}
	say(r.runs-r.bad-r.unjudged, passed, r.paint.green)
	say(r.unjudged, "unchecked", r.paint.yellow)
	return all + ": " + strings.Join(parts, ", ")
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
