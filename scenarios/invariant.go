package scenarios

import (
	"slices"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// invariantNames are the invariants that package sim checks in every run, in the order in which they are told.
var invariantNames = []string{
	"conservation", "queue_bound", "batch_bound", "fifo", "oldest_dropped_first", "one_request_per_alertmanager",
	"no_send_after_removal", "send_never_blocks", "metrics_match_ledger", "losses_are_counted", "at_least_one_per_set",
	"targets_unique", "quiesces",
}

// InvariantNames returns the names that a test's invariants may have.
func InvariantNames() []string { return slices.Clone(invariantNames) }

// An Invariant is what a test says of one that sim checks: that it is switched off, or on which releases it is known to break.
type Invariant struct {
	Pos  Pos
	Name string
	// Off is why it is not checked, "" if it is.
	Off     string
	FailsOn FailsOn
}

// Invariant returns what the test says of the invariant of that name, nil if nothing.
func (t *Test) Invariant(name string) *Invariant {
	if i := slices.IndexFunc(t.Invariants, func(v Invariant) bool { return v.Name == name }); i >= 0 {
		return &t.Invariants[i]
	}
	return nil
}

type invariantDoc struct {
	strictyaml.Mapping
	Off     strictyaml.Value[string] `yaml:"off"`
	FailsOn failsOnDoc               `yaml:"fails_on"`
}

func (t *testChecker) invariants() {
	if doc := t.doc.Invariants; doc.Given() && doc.Entries != nil && len(doc.Entries) == 0 {
		t.Errorf(doc.Pos, "invariants names none; leave it out, or write such as {fifo: {off: 'why'}}")
	}
	for _, e := range t.doc.Invariants.Entries {
		if !slices.Contains(invariantNames, e.Key) {
			t.Errorf(e.Pos, "no invariant is called %q; %s", strictyaml.Shorten(e.Key), strictyaml.WriteOneOf(e.Key, invariantNames))
			continue
		}
		doc := e.Value
		t.One(doc.Mapping, e.Key, strictyaml.NewChoice("off", doc.Off.Given()), strictyaml.NewChoice("fails_on", doc.FailsOn.Given()))
		if e.Key == "conservation" && !doc.Malformed {
			t.Errorf(e.Pos, "conservation is the ledger itself and always checked; remove the entry")
		}
		v := Invariant{Pos: e.Pos, Name: e.Key, FailsOn: t.failsOn(doc.FailsOn, nil)}
		if doc.Off.Given() {
			v.Off = t.reason(doc.Off)
		}
		t.test.Invariants = append(t.test.Invariants, v)
	}
}
