package report

import (
	"fmt"
	"io"
	"time"
)

// redrawInterval is the least time between two updates of a line on a terminal.
const redrawInterval = 300 * time.Millisecond

// A StatusLine is one line on a terminal that is overwritten as work goes on. On anything else it shows nothing.
type StatusLine struct {
	w        io.Writer
	terminal bool
	updated  time.Time
	visible  bool
}

// NewStatusLine returns a status line on w.
func NewStatusLine(w io.Writer) *StatusLine {
	return &StatusLine{w: w, terminal: IsTerminal(w), updated: time.Now()}
}

// Update shows a text, unless the last update is too recent.
func (l *StatusLine) Update(text func() string) {
	if !l.terminal || time.Since(l.updated) < redrawInterval {
		return
	}
	l.updated, l.visible = time.Now(), true
	line := []rune(text())
	if width := TerminalWidth(l.w); width > 0 && len(line) >= width { // a longer line could not be overwritten
		line = append(line[:max(width-2, 0)], '…')
	}
	fmt.Fprintf(l.w, "\r%s\x1b[K", string(line))
}

// Clear removes the line.
func (l *StatusLine) Clear() {
	if l.visible {
		fmt.Fprint(l.w, "\r\x1b[K")
	}
}

// A Progress shows on a terminal how many runs are done.
type Progress struct {
	line        *StatusLine
	start       time.Time
	estimate    bool
	done, total int
}

// NewProgress shows the progress of total runs on w. With estimate it says how long the rest will take.
func NewProgress(w io.Writer, total int, estimate bool) *Progress {
	return &Progress{line: NewStatusLine(w), start: time.Now(), estimate: estimate, total: total}
}

// Step counts a run that is done.
func (p *Progress) Step() {
	p.done++
	p.line.Update(p.text)
}

// Clear removes the progress from the terminal.
func (p *Progress) Clear() { p.line.Clear() }

func (p *Progress) text() string {
	text := fmt.Sprintf("%d of %d runs", p.done, p.total)
	if p.estimate {
		left := time.Duration(float64(time.Since(p.start)) / float64(p.done) * float64(p.total-p.done))
		text += fmt.Sprintf(", %v left", left.Round(time.Second))
	}
	return text
}
