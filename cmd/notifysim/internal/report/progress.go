package report

import (
	"fmt"
	"io"
	"time"
)

// redrawInterval is the shortest time between two updates of a status line.
const redrawInterval = 300 * time.Millisecond

// A StatusLine is a line on a terminal that is overwritten at each update. If the output is not a terminal, it shows
// nothing.
type StatusLine struct {
	w        io.Writer
	terminal bool
	updated  time.Time
	visible  bool
}

// NewStatusLine returns a status line that is written to w.
func NewStatusLine(w io.Writer) *StatusLine {
	return &StatusLine{w: w, terminal: IsTerminal(w), updated: time.Now()}
}

// Update shows the text, unless the last update is less than redrawInterval ago; then text is not called.
func (l *StatusLine) Update(text func() string) {
	if !l.terminal || time.Since(l.updated) < redrawInterval {
		return
	}
	l.updated, l.visible = time.Now(), true
	line := []rune(text())
	if width := TerminalWidth(l.w); width > 0 && len(line) >= width { // a line that wraps could not be overwritten
		line = append(line[:max(width-2, 0)], '…')
	}
	fmt.Fprintf(l.w, "\r%s\x1b[K", string(line))
}

// Clear removes the line from the terminal.
func (l *StatusLine) Clear() {
	if l.visible {
		fmt.Fprint(l.w, "\r\x1b[K")
	}
}

// A Progress shows on a terminal how many runs have ended.
type Progress struct {
	line        *StatusLine
	start       time.Time
	estimate    bool
	done, total int
}

// NewProgress returns a Progress for total runs that is written to w. With estimate it also shows how long the
// remaining runs will take.
func NewProgress(w io.Writer, total int, estimate bool) *Progress {
	return &Progress{line: NewStatusLine(w), start: time.Now(), estimate: estimate, total: total}
}

// Step counts one more run that has ended.
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
