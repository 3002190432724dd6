package scenarios

import (
	"math"
	"net/url"
	"strconv"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// What promtool's tests of rules have besides, with promtool's meaning.

// lastStart is the last instant that a test may start at: what it says of later ones still fits into Prometheus' times.
var lastStart = time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)

// An instantDoc is an instant, as RFC 3339 writes it or in seconds since 1970.
type instantDoc struct{ strictyaml.Value[time.Time] }

func (v *instantDoc) Decode(d strictyaml.Decoder, f strictyaml.FieldSpec, n *yaml.Node) {
	v.Pos = d.Pos(n)
	at, err := time.Parse(time.RFC3339Nano, n.Value)
	if seconds, notNumber := strconv.ParseFloat(n.Value, 64); notNumber == nil && seconds >= 0 && seconds <= float64(lastStart.Unix()) {
		whole, part := math.Modf(seconds)
		at, err = time.Unix(int64(whole), int64(part*1e9)), nil
	}
	if at = at.Truncate(time.Millisecond).UTC(); n.Kind != yaml.ScalarNode || err != nil || at.Unix() < 0 || at.After(lastStart) {
		v.Invalid = true
		d.Wrong(f, n, "an instant from 1970 to 2200, such as 2026-01-31T12:00:00Z or 1769860800")
		return
	}
	v.V = at
}

func (*instantDoc) schema(*schemaWriter, strictyaml.FieldSpec) object {
	return object{{"type", []string{"string", "number"}}}
}

// promtool reads where rules and expressions are in time, and what templates say of the sender.
func (t *testChecker) promtool() {
	if at := t.doc.StartTimestamp; at.OK() {
		t.test.Start = time.Duration(at.V.UnixNano())
	}
	if doc := t.doc.ExternalLabels; doc.Given() {
		for _, e := range doc.Entries {
			if e.Value.OK() && !labelName(e.Key) {
				t.Errorf(e.Pos, "%q is not a label name; write letters, digits and _", strictyaml.Shorten(e.Key))
			}
		}
		ls := t.labelSet(doc, "")
		t.test.ExternalLabels = &ls
	}
	if u := t.doc.ExternalURL; u.OK() {
		if _, err := url.Parse(u.V); err != nil {
			t.Errorf(u.Pos, "external_url is %q, which is no URL; write such as http://prometheus.example.org", strictyaml.Shorten(u.V))
		}
		t.test.ExternalURL = u.V
	}
}

// TemplateLabels are what templates of rules have as $externalLabels: the test's, or those of the configuration.
func (t *Test) TemplateLabels(f *File) labels.Labels {
	if t.ExternalLabels != nil {
		return *t.ExternalLabels
	}
	return f.Config.GlobalConfig.ExternalLabels
}

// lasting reports a test that sends alerts and lasts longer than a run of it may.
func (t *testChecker) lasting() {
	if t.last <= strictyaml.MaxDuration || len(t.test.Series)+len(t.test.Timeline) == 0 {
		return
	}
	t.Errorf(t.doc.Pos, "the test lasts %s, and one with a timeline or series of ALERTS lasts at most %s; write an earlier eval_time",
		strictyaml.FormatDuration(t.last), strictyaml.FormatDuration(strictyaml.MaxDuration))
}
