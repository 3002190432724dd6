package timeline

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/internal/trace"
)

// maxRows limits the rows of a text whose step is chosen by Text. The others are widths of columns.
const (
	maxRows   = 40
	timeWidth = 10
	minColumn = 18
	maxColumn = 46
)

// Text writes the timeline in columns: the time, the sender or each of its replicas, the shared queue of old releases,
// and each Alertmanager. A row shows the events of one step, or of one instant if step is 0 and at most 40 instants
// have events. If there are more, Text chooses a step that gives at most 40 rows. width is the largest number of
// characters in a line; columns that do not fit are left out, and a note names them.
func (t *Timeline) Text(w io.Writer, width int, step time.Duration) error {
	out := bufio.NewWriter(w)
	if step <= 0 {
		step = t.step()
	}
	columns := slices.Concat(t.senders, t.actors)
	room := max(1, (width-timeWidth)/(minColumn+3))
	hidden := columns[min(room, len(columns)):]
	columns = columns[:len(columns)-len(hidden)]
	each := min(maxColumn, (width-timeWidth)/len(columns)-3)
	line := func(when string, marks, cells []string) {
		var b strings.Builder
		b.WriteString(fit(when, timeWidth, true))
		for i, cell := range cells {
			b.WriteString(" " + marks[i] + " " + fit(cell, each, false))
		}
		out.WriteString(strings.TrimRight(b.String(), " ") + "\n")
	}
	marks := make([]string, len(columns))
	for i := range marks {
		marks[i] = "│"
	}
	line("", marks, columns)
	rule := strings.Repeat("─", timeWidth)
	for range columns {
		rule += "─┼" + strings.Repeat("─", each+1)
	}
	out.WriteString(rule + "\n")
	rows := t.rows(step)
	for _, r := range rows {
		cells := make([][]string, len(columns))
		height := 1
		for i, name := range columns {
			marks[i] = "│"
			if r.faulty[name] {
				marks[i] = "┃"
			}
			cells[i] = wrap(r.cells[name], each)
			height = max(height, len(cells[i]))
		}
		for n := range height {
			texts := make([]string, len(columns))
			for i := range columns {
				if n < len(cells[i]) {
					texts[i] = cells[i][n]
				}
			}
			when := ""
			if n == 0 {
				when = text.Duration(r.at)
			}
			line(when, marks, texts)
		}
	}
	if step > 0 {
		fmt.Fprintf(out, "Each row covers %s; --step changes that, and --output events shows every event.\n",
			text.Duration(step))
	}
	if len(hidden) > 0 {
		fmt.Fprintf(out, "There is no room for %s; write a larger --width.\n", strings.Join(hidden, ", "))
	}
	if t.omitted > 0 {
		fmt.Fprintf(out, "The last %s events of the run are left out, because the limit is %s events.\n",
			text.Thousands(t.omitted), text.Thousands(MaxEvents))
	}
	return out.Flush()
}

// step returns the smallest step that gives at most maxRows rows; 0 means a row for every instant.
func (t *Timeline) step() time.Duration {
	for _, step := range []time.Duration{
		0, 10 * time.Millisecond, 100 * time.Millisecond, time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second,
		time.Minute, 5 * time.Minute, 10 * time.Minute, 30 * time.Minute, time.Hour, 6 * time.Hour, 24 * time.Hour,
	} {
		rows, last := 0, time.Duration(-1)
		for _, m := range t.events {
			if at := floor(m.at, step); at != last {
				rows, last = rows+1, at
			}
		}
		if rows <= maxRows {
			return step
		}
	}
	return 7 * 24 * time.Hour
}

// floor returns the start of the step that contains the time at.
func floor(at, step time.Duration) time.Duration {
	if step > 0 {
		at -= at % step
	}
	return at
}

// A row has the words for each actor in one step, and says which actors have a fault at its end.
type row struct {
	at     time.Duration
	cells  map[string][]string
	faulty map[string]bool
}

// rows sums up the events of each step.
func (t *Timeline) rows(step time.Duration) []row {
	var rows []row
	faults := map[string]int{}
	for _, am := range t.test.Alertmanagers {
		if am.Behaviour.Fault != (fakeam.Fault{}) {
			faults[am.Address]++
		}
	}
	now := t.levels()
	for i := 0; i < len(t.events); {
		at := floor(t.events[i].at, step)
		sums := map[string]*actorStep{}
		for ; i < len(t.events) && floor(t.events[i].at, step) == at; i++ {
			m := &t.events[i]
			if sums[m.actor] == nil {
				sums[m.actor] = &actorStep{effects: map[trace.Kind]int{}}
			}
			sums[m.actor].add(m)
			now.apply(m)
			switch m.kind {
			case trace.KindFaultBegin:
				faults[m.actor]++
			case trace.KindFaultEnd:
				faults[m.actor]--
			}
		}
		r := row{at: at, cells: map[string][]string{}, faulty: map[string]bool{}}
		for _, name := range slices.Concat(t.senders, t.actors) {
			if s := sums[name]; s != nil || name == shared {
				r.cells[name] = cmp.Or(s, &actorStep{}).words(now.of[name])
			}
			r.faulty[name] = faults[name] > 0
		}
		rows = append(rows, r)
	}
	return rows
}

// wrap joins words into lines, separated by commas.
func wrap(words []string, width int) []string {
	var lines []string
	for _, w := range words {
		if n := len(lines); n > 0 && utf8.RuneCountInString(lines[n-1])+2+utf8.RuneCountInString(w) <= width {
			lines[n-1] += ", " + w
			continue
		}
		lines = append(lines, w)
	}
	return lines
}

// fit pads or cuts a text to the width of a column. If right is true, the text is aligned to the right.
func fit(s string, width int, right bool) string {
	n := utf8.RuneCountInString(s)
	switch {
	case n > width:
		return string([]rune(s)[:width-1]) + "…"
	case right:
		return strings.Repeat(" ", width-n) + s
	}
	return s + strings.Repeat(" ", width-n)
}
