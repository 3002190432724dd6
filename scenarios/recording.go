package scenarios

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/textparse"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

const (
	maxRecordingSize   = 64 << 20 // bytes of a recording
	maxRecordingErrors = 20       // told of one
	writeDump          = `write it with notifysim record, or promtool tsdb dump-openmetrics --match='{__name__=~"ALERTS|ALERTS_FOR_STATE"}'`
)

// A recording is the alerts of a real server as OpenMetrics has them: a sample of ALERTS{alertstate="firing"} at each evaluation
// at which an alert fired. What is pending, and ALERTS_FOR_STATE, is checked and not needed: only firing alerts are sent.
type recording struct {
	*checker
	path   string
	line   int
	wrong  int
	byText map[string]*recordedAlert // by the series as it is written
	series map[string]*recordedAlert // by its labels in order
	alerts []*recordedAlert          // those that fire, in the order of the file
	start  int64                     // the first sample of all, in ms
	end    int64
}

// A recordedAlert is one series.
type recordedAlert struct {
	metric    string
	labels    labels.Labels
	fires     bool
	last      int64 // ms
	lastLine  int
	firing    []int64 // when, in ms
	firstLine int
}

// recorded reads the test's recording as series, one for the alerts of a rule that fire and resolve together.
func (t *testChecker) recorded() []Series {
	doc := t.doc.Recording
	if !doc.OK() {
		return nil
	}
	at := t.dir.path(doc.V)
	text, err := readUpTo(t.dir.fsys, at, at, maxRecordingSize)
	if err != nil {
		t.Errorf(doc.Pos, "recording: %s", err)
		return nil
	}
	r := recording{checker: t.checker, path: at, byText: map[string]*recordedAlert{}, series: map[string]*recordedAlert{}, start: math.MaxInt64}
	wrong := t.Count()
	t.AddSource(at, text) // for excerpts
	r.read(text)
	if t.Count() == wrong {
		if len(r.alerts) == 0 {
			r.Errorf(Pos{File: at, Line: 1, Col: 1}, "no alert fires in the recording; %s", writeDump)
		}
		series := r.grid(doc.Pos, int64(t.file.EvaluationInterval/time.Millisecond))
		if t.Count() == wrong {
			t.RemoveSource(at)
			t.last = max(t.last, time.Duration(r.end-r.start)*time.Millisecond)
			return series
		}
	}
	return nil
}

// bad reports what is wrong with a line.
func (r *recording) bad(line int, format string, args ...any) {
	if r.wrong++; r.wrong <= maxRecordingErrors {
		r.Errorf(Pos{File: r.path, Line: line, Col: 1}, format, args...)
	}
}

// read reads the lines, of which the parser takes one at a time.
func (r *recording) read(text []byte) {
	p := textparse.NewOpenMetricsParser(text, labels.NewSymbolTable())
	for r.line = 1; r.wrong < maxRecordingErrors; r.line++ {
		switch entry, err := p.Next(); {
		case errors.Is(err, io.EOF):
			return
		case err != nil && r.line > bytes.Count(bytes.TrimSpace(text), []byte("\n")) && !bytes.HasSuffix(bytes.TrimSpace(text), []byte("# EOF")):
			r.bad(min(r.line, bytes.Count(text, []byte("\n"))+1), "the recording ends without # EOF, it was cut off; write all of it")
			return
		case err != nil:
			what := oneLine(err.Error())
			if _, from, ok := strings.Cut(what, "while parsing: "); ok {
				what = "it cannot be read from " + from + " on"
			}
			r.bad(r.line, "the line is not OpenMetrics: %s; %s", what, writeDump)
			return
		case entry == textparse.EntrySeries:
			r.sample(p)
		case entry == textparse.EntryHistogram:
			r.bad(r.line, "a recording has no histograms; %s", writeDump)
		}
	}
}

// sample reads one sample.
func (r *recording) sample(p textparse.Parser) {
	name, at, v := p.Series()
	a := r.byText[string(name)]
	if a == nil {
		var ls labels.Labels
		p.Labels(&ls)
		if a = r.alert(ls); a == nil {
			return
		}
		r.byText[string(name)] = a
	}
	switch {
	case at == nil:
		r.bad(r.line, "the sample has no time; %s", writeDump)
		return
	case a.lastLine > 0 && *at <= a.last:
		r.bad(r.line, "the sample is not after that of the same series on line %d; write the samples of a series in the order of their times", a.lastLine)
		return
	case *at < 0 || *at > math.MaxInt64/int64(time.Millisecond):
		r.bad(r.line, "the time is not one after 1970 that counts in nanoseconds; write seconds, such as 1700000000.000")
		return
	}
	a.last, a.lastLine = *at, r.line
	if a.metric == "ALERTS" && v != 1 && !math.IsNaN(v) { // NaN is where a series ends
		r.bad(r.line, "the sample is %v, and ALERTS is 1 as long as an alert is there; %s", v, writeDump)
		return
	}
	if !a.fires || math.IsNaN(v) {
		return
	}
	if len(a.firing) == 0 {
		a.firstLine = r.line
		r.alerts = append(r.alerts, a)
	}
	a.firing = append(a.firing, *at)
	r.start, r.end = min(r.start, *at), max(r.end, *at)
}

// alert returns what a series is of, nil if it is wrong.
func (r *recording) alert(ls labels.Labels) *recordedAlert {
	key := ls.String()
	if a := r.series[key]; a != nil {
		return a // written in another way before
	}
	metric, state := ls.Get(model.MetricNameLabel), ls.Get(alertstate)
	switch {
	case metric != "ALERTS" && metric != "ALERTS_FOR_STATE":
		r.bad(r.line, "the series is of %q, and a recording has ALERTS and ALERTS_FOR_STATE alone; %s", strictyaml.Shorten(metric), writeDump)
		return nil
	case ls.Get(model.AlertNameLabel) == "":
		r.bad(r.line, "the series has no alertname; %s", writeDump)
		return nil
	case metric == "ALERTS" && state != firing && state != "pending":
		r.bad(r.line, "alertstate is %q; write firing or pending", strictyaml.Shorten(state))
		return nil
	}
	a := &recordedAlert{metric: metric, fires: metric == "ALERTS" && state == firing}
	if a.fires {
		a.labels = labels.NewBuilder(ls).Del(model.MetricNameLabel, alertstate).Labels()
		if !r.spend(Pos{File: r.path, Line: r.line, Col: 1}, 1, int64(2*len(key))) {
			r.wrong = maxRecordingErrors
			return nil
		}
	}
	r.series[key] = a
	return a
}

// grid puts the samples on the evaluations of a run, which begins with the first of them, and joins the alerts of a rule that are
// alike. The groups of a server have an offset each: a rule's first sample has the evaluation before it. An evaluation without a
// sample is one at which the alert does not fire.
func (r *recording) grid(pos Pos, interval int64) []Series {
	if interval <= 0 { // the evaluation interval is below the milliseconds of a recording
		r.Errorf(pos, "a recording counts in milliseconds, and evaluation_interval is shorter; write at least 1ms")
		return nil
	}
	first := map[string]int64{}
	for _, a := range r.alerts {
		rule := a.labels.Get(model.AlertNameLabel)
		if at, ok := first[rule]; !ok || a.firing[0] < at {
			first[rule] = a.firing[0]
		}
	}
	if steps := (r.end-r.start)/interval + 2; steps > maxValues {
		r.Errorf(pos, "the recording lasts %d evaluations, above the limit of %d; write a shorter one, or a longer evaluation_interval", steps, maxValues)
		return nil
	}
	r.spacing(interval)
	if r.wrong > 0 {
		return nil
	}
	var series []Series
	var key []byte
	alike := map[string]int{} // the series of a rule and its evaluations
	for _, a := range r.alerts {
		rule := a.labels.Get(model.AlertNameLabel)
		base := first[rule]
		key = append(append(key[:0], rule...), 0)
		for i, at := range a.firing {
			a.firing[i] = (base-r.start)/interval + (at-base+interval/2)/interval
			key = binary.AppendVarint(key, a.firing[i])
		}
		i, ok := alike[string(key)]
		if !ok {
			n := a.firing[len(a.firing)-1] + 1
			if r.left.values -= n; r.left.values < 0 {
				r.bad(a.firstLine, "here the file passes the limit of %d values of all its series; write a shorter recording", maxFileValues)
				return nil
			}
			on := make([]bool, n)
			for _, k := range a.firing {
				on[k] = true
			}
			i = len(series)
			alike[string(key)] = i
			series = append(series, Series{Pos: pos, Rule: rule, Firing: on})
		}
		s := &series[i]
		s.Alerts = append(s.Alerts, a.labels)
		s.Names = append(s.Names, nameOf(a.labels, labelNames(a.labels)))
	}
	return series
}

// spacing reports rules whose samples are not an evaluation interval apart: they would seem to resolve between two, or lose some.
// That they are further apart may be how they fired; several times the same is how they were evaluated.
func (r *recording) spacing(interval int64) {
	type gap struct {
		ms   int64
		n    int // how often
		line int
	}
	least := map[string]*gap{}
	for _, a := range r.alerts {
		rule := a.labels.Get(model.AlertNameLabel)
		g := least[rule]
		if g == nil {
			g = &gap{ms: math.MaxInt64, line: a.firstLine}
			least[rule] = g
		}
		for i := range a.firing[1:] {
			switch ms := a.firing[i+1] - a.firing[i]; {
			case ms < g.ms:
				*g = gap{ms, 1, a.firstLine}
			case ms == g.ms:
				g.n++
			}
		}
	}
	for _, rule := range slices.Sorted(maps.Keys(least)) {
		if g := least[rule]; g.n > 2 && 2*g.ms > 3*interval || 3*g.ms < 2*interval {
			apart := strictyaml.FormatDuration(time.Duration(g.ms) * time.Millisecond)
			r.bad(g.line, "the samples of %q are %s apart, and evaluation_interval is %s; write evaluation_interval: %s",
				strictyaml.Shorten(rule), apart, strictyaml.FormatDuration(time.Duration(interval)*time.Millisecond), apart)
		}
	}
}
