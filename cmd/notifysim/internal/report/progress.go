package report

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/notifysim/notifysim/internal/text"
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
		l.visible = false
		fmt.Fprint(l.w, "\r\x1b[K")
	}
}

// If no run ends for longRun, Progress also shows how far one is.
const longRun = 2 * time.Second

// A Progress shows on a terminal how many runs have ended and, when none has ended for a while, the virtual time that
// one has reached. Several goroutines may use it at once.
type Progress struct {
	mu          sync.Mutex
	line        *StatusLine
	start       time.Time
	stepped     time.Time // when the last run ended
	estimate    bool
	done, total int
	at, end     time.Duration // how far a run is and when it ends, both 0 if that is not shown
}

// NewProgress returns a Progress for total runs that is written to w; 0 means that their number is not shown. With
// estimate it also shows how long the remaining runs will take.
func NewProgress(w io.Writer, total int, estimate bool) *Progress {
	now := time.Now()
	return &Progress{line: NewStatusLine(w), start: now, stepped: now, estimate: estimate, total: total}
}

// Step counts one more run that has ended.
func (p *Progress) Step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
	p.at, p.end, p.stepped = 0, 0, time.Now()
	p.line.Update(p.text)
}

// Reached says that a run has reached a virtual time, and at which time it ends, 0 if that is not known.
func (p *Progress) Reached(at, end time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.stepped) >= longRun {
		p.at, p.end = at, end
		p.line.Update(p.text)
	}
}

// Clear removes the progress from the terminal. On a nil Progress it does nothing.
func (p *Progress) Clear() {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.line.Clear()
}

func (p *Progress) text() string {
	var parts []string
	if p.total > 0 {
		parts = append(parts, fmt.Sprintf("%d of %d runs", p.done, p.total))
	}
	if p.at > 0 {
		at := "at " + text.Duration(p.at.Truncate(time.Second))
		if p.end > 0 {
			at += " of " + text.Duration(p.end)
		}
		parts = append(parts, at)
	}
	if p.estimate && p.done > 0 {
		left := time.Duration(float64(time.Since(p.start)) / float64(p.done) * float64(p.total-p.done))
		parts = append(parts, fmt.Sprintf("%v left", left.Round(time.Second)))
	}
	return strings.Join(parts, ", ")
}
