package scenarios

import (
	"slices"
	"time"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"

	"github.com/notifysim/notifysim/fakeam"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A File is one scenario file, parsed and checked: every reference resolves and every number is within its limit.
type File struct {
	Path     string
	Comment  string // the comment that opens the file, without its marks
	Releases []*core.Release

	// Config is the sender's prometheus.yml.
	Config *config.Config
	// Discovered names, by set key ("config-0"), the service discoveries other than static_configs
	// that give the set its Alertmanagers in production, and that target_groups stand in for here.
	Discovered map[string][]string

	Flags              Flags
	EvaluationInterval time.Duration
	ScrapeInterval     time.Duration
	// RuleFiles are the sender's rules. Aligned evaluates all groups at multiples of their intervals, as promtool does,
	// in the order of GroupEvalOrder; otherwise each group has an offset of its own, as in Prometheus.
	RuleFiles      []RuleFile
	Aligned        bool
	GroupEvalOrder []string
	// FuzzyCompare makes promql_expr_test take neighbouring floating-point numbers for equal.
	FuzzyCompare bool

	Tests []*Test

	notes   Errors             // that were made when the file was checked
	flagsAt map[string]Pos     // where flags are given
	report  *strictyaml.Report // has the texts of the files that were read
}

// Flags are the flags of prometheus that the path of alerts depends on.
type Flags struct {
	QueueCapacity   int // alerts
	BatchSize       int // alerts; 0: not given, the release's own default holds
	DrainOnShutdown bool
	ResendDelay     time.Duration
}

// A RuleFile is a file of rule groups, read and checked by Prometheus' own parser.
type RuleFile struct {
	// Path is as rule_files has it: a group's offset depends on it, and it is the same on every machine.
	Path   string
	Groups []rulefmt.RuleGroup
}

// A Test is one run (for each release and seed) and what must hold in it. Times count from the start of the run.
type Test struct {
	Pos  Pos
	Name string
	// Only are the releases that the test is for; nil is all of the file's.
	Only []string
	// Duration ends the run; 0 ends it when everything has settled after the last event and expectation.
	Duration time.Duration
	Seeds    Seeds
	// Replicas is how many servers send, all with the same configuration, flags, rules and service discovery, to the
	// same Alertmanagers.
	Replicas int
	// Addresses are those of all Alertmanagers that the test can name.
	Addresses []string

	Series        []Series
	Alertmanagers []Alertmanager
	Timeline      []Event // in the order of their times, then of the file

	Ledger   []LedgerTest
	Receipts []AlertmanagerTest
	PromQL   []PromQLTest

	// Interval is the time from one value of Metrics to the next.
	Interval   time.Duration
	Metrics    []MetricSeries
	AlertRules []AlertRuleTest
	// Start is the instant of 0s for rules and expressions, since 1970.
	Start time.Duration
	// ExternalLabels, if not nil, and ExternalURL are $externalLabels and $externalURL in templates of rules.
	ExternalLabels *labels.Labels
	ExternalURL    string
	// Thresholds are thresholds, and what alert_test expects.
	Thresholds []Threshold
	// Invariants are those that the test switches off or knows to fail, of the ones that every run is checked for.
	Invariants []Invariant
}

// Seeds is an inclusive range.
type Seeds struct{ From, To uint64 }

// A Series is one entry of input_series: alerts of one rule that fire and resolve together.
type Series struct {
	Pos Pos
	// Rule is the alertname: the alerts of one rule are sent in one call of Send at each evaluation.
	Rule string
	// Alerts are the label sets, without __name__ and alertstate, and Names are how output calls them, one for each.
	Alerts []labels.Labels
	Names  []string
	// Firing has an element for each evaluation from 0s on; after the last the alerts are resolved.
	Firing []bool
}

// A MetricSeries is an entry of input_series that rules and expressions read: series that share their values, one each
// Test.Interval from 0s on.
type MetricSeries struct {
	Pos    Pos
	Labels []labels.Labels
	Values []parser.SequenceValue
}

// An Alertmanager is how the one at Address behaves.
type Alertmanager struct {
	Pos       Pos
	Address   string
	Behaviour fakeam.Behaviour
}

// For reports whether the test is for the release.
func (t *Test) For(r *core.Release) bool { return isFor(t.Only, r) }

// Invariant returns what the test says of the invariant of that name, nil if nothing.
func (t *Test) Invariant(name string) *Invariant {
	if i := slices.IndexFunc(t.Invariants, func(v Invariant) bool { return v.Name == name }); i >= 0 {
		return &t.Invariants[i]
	}
	return nil
}

// TemplateLabels are $externalLabels in templates of rules: the test's, or those of the configuration.
func (t *Test) TemplateLabels(f *File) labels.Labels {
	if t.ExternalLabels != nil {
		return *t.ExternalLabels
	}
	return f.Config.GlobalConfig.ExternalLabels
}

// RuleEnd is when the last series of the test that rules read ends.
func (t *Test) RuleEnd() time.Duration {
	var end time.Duration
	for _, s := range t.Metrics {
		end = max(end, time.Duration(len(s.Values))*t.Interval)
	}
	return end
}

func (f *File) releaseNames() []string {
	var names []string
	for _, r := range f.Releases {
		names = append(names, r.Name)
	}
	return names
}

// eachRule calls do with every rule of the rule files.
func (f *File) eachRule(do func(*rulefmt.RuleGroup, *rulefmt.Rule)) {
	for i := range f.RuleFiles {
		for j := range f.RuleFiles[i].Groups {
			g := &f.RuleFiles[i].Groups[j]
			for k := range g.Rules {
				do(g, &g.Rules[k])
			}
		}
	}
}
