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

// MaxSize is the size limit of a recording in bytes.
const MaxSize = 64 << 20

const (
	maxErrors = 20 // errors that are reported for a recording
	firing    = "firing"
	writeDump = "create the recording with notifysim record, or with " +
		`promtool tsdb dump-openmetrics --match='{__name__=~"ALERTS|ALERTS_FOR_STATE"}'`
)

// A Reader reads a recording.
type Reader struct {
	*strictyaml.Report
	Path string // path of the recording
	// Pos is where the scenario names the recording. Errors about the recording as a whole have this position.
	Pos strictyaml.Pos
	// Interval is the evaluation interval of the run.
	Interval time.Duration
	// MaxValues is the largest number of evaluations.
	MaxValues int64
	// SpendAlert subtracts an alert with this many bytes of labels from the limits of the scenario file. SpendValues
	// subtracts a number of evaluations. If a limit is exceeded, they report an error and return false.
	SpendAlert  func(pos strictyaml.Pos, bytes int64) bool
	SpendValues func(pos strictyaml.Pos, n int64) bool
}

// A Group is alerts of one rule that fire and resolve together.
type Group struct {
	Rule   string          // the value of the label alertname
	Alerts []labels.Labels // without __name__ and alertstate
	// Firing says for each evaluation whether the alerts fire. The first evaluation is that of the first sample in the
	// recording.
	Firing []bool
}

// Read parses the text of a recording. The groups are in the order of the file. length is the time from the first to
// the last sample of firing alerts. If anything is wrong, it is reported and ok is false.
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

// A parse is the state of parsing a recording.
type parse struct {
	Reader
	line     int
	wrong    int               // number of errors so far
	byText   map[string]*alert // by the text of the series
	byLabels map[string]*alert
	alerts   []*alert // the alerts that fire, in the order of the file
	start    int64    // the first sample of a firing alert, in milliseconds since 1970
	end      int64
}

// An alert is a series in the recording.
type alert struct {
	metric    string
	labels    labels.Labels
	fires     bool
	last      int64 // time of the last sample, in milliseconds since 1970
	lastLine  int
	firing    []int64 // times at which the alert fires, in milliseconds since 1970
	firstLine int
}

func (p *parse) rule(a *alert) string { return a.labels.Get(model.AlertNameLabel) }

// bad reports what is wrong with a line.
func (p *parse) bad(line int, format string, args ...any) {
	if p.wrong++; p.wrong <= maxErrors {
		p.Errorf(strictyaml.Pos{File: p.Path, Line: line, Col: 1}, format, args...)
	}
}

// read parses all lines. The parser reads one line at a time.
func (p *parse) read(text []byte) {
	om := textparse.NewOpenMetricsParser(text, labels.NewSymbolTable())
	for p.line = 1; p.wrong < maxErrors; p.line++ {
		switch entry, err := om.Next(); {
		case errors.Is(err, io.EOF):
			return
		case err != nil && p.cutOff(text):
			p.bad(min(p.line, bytes.Count(text, []byte("\n"))+1),
				"the recording does not end with # EOF, so a part is missing; use the complete file")
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
			p.bad(p.line, "a recording cannot have histograms; %s", writeDump)
		}
	}
}

// cutOff reports whether the parser failed at the end of a text without the final # EOF.
func (p *parse) cutOff(text []byte) bool {
	text = bytes.TrimSpace(text)
	return p.line > bytes.Count(text, []byte("\n")) && !bytes.HasSuffix(text, []byte("# EOF"))
}

// sample handles one sample.
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
		p.bad(p.line, "the sample is not later than that of the same series on line %d; "+
			"sort the samples of a series by time", a.lastLine)
		return
	case *at < 0 || *at > math.MaxInt64/int64(time.Millisecond):
		p.bad(p.line,
			"the time is before 1970 or after 2262; write seconds, such as 1700000000.000")
		return
	}
	a.last, a.lastLine = *at, p.line
	if a.metric == "ALERTS" && v != 1 && !math.IsNaN(v) { // NaN marks the end of a series
		p.bad(p.line, "the sample is %v, but the value of ALERTS is always 1; %s", v, writeDump)
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

// series returns the alert of a series, or nil if the series is wrong.
func (p *parse) series(ls labels.Labels) *alert {
	key := ls.String()
	if a := p.byLabels[key]; a != nil {
		return a // the same labels were written differently before
	}
	metric, state := ls.Get(model.MetricNameLabel), ls.Get("alertstate")
	switch {
	case metric != "ALERTS" && metric != "ALERTS_FOR_STATE":
		p.bad(p.line, "the metric of the series is %q, but a recording may only have ALERTS and ALERTS_FOR_STATE; %s",
			strictyaml.Shorten(metric), writeDump)
		return nil
	case ls.Get(model.AlertNameLabel) == "":
		p.bad(p.line, "the series has no label alertname; %s", writeDump)
		return nil
	case metric == "ALERTS" && state != firing && state != "pending":
		p.bad(p.line, "the label alertstate is %q; write firing or pending", strictyaml.Shorten(state))
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
