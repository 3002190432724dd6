package scenarios

import (
	"maps"
	"slices"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// Checks of the names and labels of alerts.

// expand returns all names that the patterns stand for, within the limits of the file. extra is the size in bytes of
// the labels that each alert has besides its name.
func (c *checker) expand(patterns strictyaml.List[strictyaml.Value[string]], extra int64) []string {
	names := make([]string, 0, len(patterns.Items))
	for _, v := range patterns.Items {
		if !v.OK() {
			continue
		}
		c.noteRange(v)
		p, err := parsePattern(v.V)
		if err != nil {
			c.Errorf(v.Pos, "%s", err)
			continue
		}
		if c.spendAlerts(v.Pos, p.count(), extra+int64(len(v.V))) {
			names = append(names, p.names()...)
		}
	}
	return names
}

// alertNames returns all names that the patterns of a field stand for. Each must be the name of an alert of the test.
func (t *testChecker) alertNames(field string, doc strictyaml.List[strictyaml.Value[string]]) []string {
	names := t.expand(doc, 0)
	seen := make(map[string]bool, len(names))
	for _, name := range names { // stop after the first error
		if !t.names[name] {
			t.Known(doc.Pos, name, t.sortedNames(), "no alert of this test is called %q")
			return names
		}
		if seen[name] {
			t.Errorf(doc.Pos, "`%s` names %q twice; remove one", field, strictyaml.Shorten(name))
			return names
		}
		seen[name] = true
	}
	return names
}

// sortedNames returns the names of the alerts of the test, for messages.
func (t *testChecker) sortedNames() []string {
	if t.sorted == nil {
		t.sorted = slices.Sorted(maps.Keys(t.names))
	}
	return t.sorted
}

// sendLabels reads labels of alerts that already have an alertname.
func (t *testChecker) sendLabels(given strictyaml.Dict[strictyaml.Value[string]]) labels.Labels {
	b := labels.NewBuilder(labels.EmptyLabels())
	for _, l := range given.Entries {
		switch {
		case l.Key == model.AlertNameLabel:
			t.Errorf(l.Pos, "`%s` is already given by the name of the alert; leave it out", l.Key)
		case t.isLabel(l.Key, l.Pos, l.Value):
			b.Set(l.Key, l.Value.V)
		}
	}
	return b.Labels()
}

// isLabel reports a name or a value that a label cannot have.
func (t *testChecker) isLabel(name string, pos Pos, value strictyaml.Value[string]) bool {
	if !t.labelName(name, pos) {
		return false
	}
	if value.OK() && !model.LabelValue(value.V).IsValid() {
		t.Errorf(value.Pos, "the value of `%s` is not UTF-8; write text", name)
		return false
	}
	return true
}

// labelSet reads labels and adds alertname, unless that is "".
func (t *testChecker) labelSet(doc strictyaml.Dict[strictyaml.Value[string]], alertname string) labels.Labels {
	b := labels.NewBuilder(labels.EmptyLabels())
	for _, e := range doc.Entries {
		if e.Value.OK() {
			b.Set(e.Key, e.Value.V)
		}
	}
	if alertname != "" {
		b.Set(model.AlertNameLabel, alertname)
	}
	return b.Labels()
}

// labelName reports a name that is not a valid label name.
func (t *testChecker) labelName(name string, pos Pos) bool {
	if name != model.MetricNameLabel && model.UTF8Validation.IsValidLabelName(name) {
		return true
	}
	t.Errorf(pos, "%q is not a label name; write letters, digits and _", strictyaml.Shorten(name))
	return false
}

// expectedLabels reads label sets, each with all labels of an alert.
func (t *testChecker) expectedLabels(docs []strictyaml.Dict[strictyaml.Value[string]]) []ExpectedLabels {
	var list []ExpectedLabels
	for _, doc := range docs {
		if doc.Given() && doc.Entries != nil && len(doc.Entries) == 0 {
			t.Errorf(doc.Pos, "`exp_labels` has an alert without labels; write {alertname: X} with its other labels")
		}
		for _, e := range doc.Entries {
			t.isLabel(e.Key, e.Pos, e.Value)
		}
		list = append(list, ExpectedLabels{doc.Pos, t.labelSet(doc, "")})
	}
	return list
}
