package recording

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"

	"github.com/notifysim/notifysim/scenarios/internal/promqlcheck"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// MaxSize is the most bytes of a recording.
const MaxSize = 64 << 20

const (
	maxErrors = 20 // of one recording
	firing    = "firing"
	writeDump = "write it with notifysim record, or " +
		`promtool tsdb dump-openmetrics --match='{__name__=~"ALERTS|ALERTS_FOR_STATE"}'`
)

// A Reader reads a recording.
type Reader struct {
	*strictyaml.Report
	Path string // of the recording
	// Pos is where a scenario names the recording: for errors about the recording as a whole.
	Pos strictyaml.Pos
	// Interval is the evaluation interval of the run.
	Interval time.Duration
	// MaxValues is the most evaluations.
	MaxValues int64
	// SpendAlert counts an alert, with the bytes of its labels, against the limits of the file; SpendValues counts
	// evaluations at which alerts fire or not. If a limit is exceeded, they report an error and return false.
	SpendAlert  func(pos strictyaml.Pos, bytes int64) bool
	SpendValues func(pos strictyaml.Pos, n int64) bool
}

// A Group is alerts of one rule that fire and resolve together.
type Group struct {
	Rule   string          // the alertname
	Alerts []labels.Labels // without __name__ and alertstate
	// Firing has an element for each evaluation, from that of the first sample of all on.
	Firing []bool
}

// Read reads the text of a recording. The groups are in the order of the file; length is the time from the first sample
// of a firing alert to the last. What is wrong is reported; ok is false then.
func (r Reader) Read(text []byte) (groups []Group, length time.Duration, ok bool) {
	before := r.Count()
	p := parse{
		Reader: r, start: math.MaxInt64,
		byText: map[string]*alert{}, byLabels: map[string]*alert{},
	}
	r.AddSource(r.Path, text)
	p.read(text)
	if r.Count() > before {
		return nil, 0, false
	}
	if len(p.alerts) == 0 {
		r.Errorf(strictyaml.Pos{File: r.Path, Line: 1, Col: 1}, "no alert fires in the recording; %s", writeDump)
	}
	groups = p.grid(r.Interval.Milliseconds())
	if r.Count() > before {
		return nil, 0, false
	}
	r.RemoveSource(r.Path)
	return groups, time.Duration(p.end-p.start) * time.Millisecond, true
}

// A parse is the state of reading a recording.
type parse struct {
	Reader
	line     int
	wrong    int               // errors so far
	byText   map[string]*alert // by the series as it is written
	byLabels map[string]*alert
	alerts   []*alert // those that fire, in the order of the file
	start    int64    // the first sample of a firing alert, in ms since 1970
	end      int64
}

// An alert is a series of the recording.
type alert struct {
	metric    string
	labels    labels.Labels
	fires     bool
	last      int64 // ms
	lastLine  int
	firing    []int64 // when, in ms
	firstLine int
}

func (p *parse) rule(a *alert) string { return a.labels.Get(model.AlertNameLabel) }

// bad reports what is wrong with a line.
func (p *parse) bad(line int, format string, args ...any) {
	if p.wrong++; p.wrong <= maxErrors {
		p.Errorf(strictyaml.Pos{File: p.Path, Line: line, Col: 1}, format, args...)
	}
}

// read reads the lines, of which the parser takes one at a time.
func (p *parse) read(text []byte) {
	om := textparse.NewOpenMetricsParser(text, labels.NewSymbolTable())
	for p.line = 1; p.wrong < maxErrors; p.line++ {
		switch entry, err := om.Next(); {
		case errors.Is(err, io.EOF):
			return
		case err != nil && p.cutOff(text):
			p.bad(min(p.line, bytes.Count(text, []byte("\n"))+1),
				"the recording ends without # EOF: it was cut off; write all of it")
			return
		case err != nil:
			what := promqlcheck.OneLine(err.Error())
			if _, from, ok := strings.Cut(what, "while parsing: "); ok {
				what = "it cannot be read from " + from + " on"
			}
			p.bad(p.line, "the line is not OpenMetrics: %s; %s", what, writeDump)
			return
		case entry == textparse.EntrySeries:
			p.sample(om)
		case entry == textparse.EntryHistogram:
			p.bad(p.line, "a recording has no histograms; %s", writeDump)
		}
	}
}

// cutOff reports whether the parser failed at the end of a text that lacks its last line.
func (p *parse) cutOff(text []byte) bool {
	text = bytes.TrimSpace(text)
	return p.line > bytes.Count(text, []byte("\n")) && !bytes.HasSuffix(text, []byte("# EOF"))
}

// sample reads one sample.
func (p *parse) sample(om textparse.Parser) {
	name, at, v := om.Series()
	a := p.byText[string(name)]
	if a == nil {
		var ls labels.Labels
		om.Labels(&ls)
		if a = p.series(ls); a == nil {
			return
		}
		p.byText[string(name)] = a
	}
	switch {
	case at == nil:
		p.bad(p.line, "the sample has no time; %s", writeDump)
		return
	case a.lastLine > 0 && *at <= a.last:
		p.bad(p.line, "the sample is not after that of the same series on line %d; "+
			"write the samples of a series in the order of their times", a.lastLine)
		return
	case *at < 0 || *at > math.MaxInt64/int64(time.Millisecond):
		p.bad(p.line,
			"the time is before 1970 or too late to count in nanoseconds; write seconds, such as 1700000000.000")
		return
	}
	a.last, a.lastLine = *at, p.line
	if a.metric == "ALERTS" && v != 1 && !math.IsNaN(v) { // NaN is where a series ends
		p.bad(p.line, "the sample is %v, and ALERTS is 1 as long as an alert is there; %s", v, writeDump)
		return
	}
	if !a.fires || math.IsNaN(v) {
		return
	}
	if len(a.firing) == 0 {
		a.firstLine = p.line
		p.alerts = append(p.alerts, a)
	}
	a.firing = append(a.firing, *at)
	p.start, p.end = min(p.start, *at), max(p.end, *at)
}

// series returns the alert of a series, nil if the series is wrong.
func (p *parse) series(ls labels.Labels) *alert {
	key := ls.String()
	if a := p.byLabels[key]; a != nil {
		return a // written in another way before
	}
	metric, state := ls.Get(model.MetricNameLabel), ls.Get("alertstate")
	switch {
	case metric != "ALERTS" && metric != "ALERTS_FOR_STATE":
		p.bad(p.line, "the metric of the series is %q, and a recording has only ALERTS and ALERTS_FOR_STATE; %s",
			strictyaml.Shorten(metric), writeDump)
		return nil
	case ls.Get(model.AlertNameLabel) == "":
		p.bad(p.line, "the series has no alertname; %s", writeDump)
		return nil
	case metric == "ALERTS" && state != firing && state != "pending":
		p.bad(p.line, "alertstate is %q; write firing or pending", strictyaml.Shorten(state))
		return nil
	}
	a := &alert{metric: metric, fires: metric == "ALERTS" && state == firing}
	if a.fires {
		a.labels = labels.NewBuilder(ls).Del(model.MetricNameLabel, "alertstate").Labels()
		if !p.SpendAlert(strictyaml.Pos{File: p.Path, Line: p.line, Col: 1}, int64(2*len(key))) {
			p.wrong = maxErrors
			return nil
		}
	}
	p.byLabels[key] = a
	return a
}
