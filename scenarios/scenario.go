package scenarios

import (
	"fmt"
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

// A File is a scenario file that was parsed and checked: every reference is resolved and every number is within its
// limit.
type File struct {
	Path     string
	Comment  string // the comment at the beginning of the file, without the # signs
	Releases []*core.Release

	// Config is the sender's prometheus.yml. An entry under alertmanagers without api_version has an empty APIVersion,
	// because the default depends on the release.
	Config *config.Config
	// Discovered lists, by set key ("config-0"), the service discoveries other than static_configs from which the set
	// gets its Alertmanagers in production. In a scenario target_groups take their place.
	Discovered map[string][]string

	Flags              Flags
	EvaluationInterval time.Duration
	ScrapeInterval     time.Duration
	// RuleFiles are the sender's rules. If Aligned is true, all groups are evaluated at multiples of their intervals,
	// in the order of GroupEvalOrder, as promtool does. Otherwise each group has its own offset, as in Prometheus.
	RuleFiles      []RuleFile
	Aligned        bool
	GroupEvalOrder []string
	// FuzzyCompare makes promql_expr_test treat neighbouring floating-point numbers as equal.
	FuzzyCompare bool

	Tests []*Test

	notes   Errors             // warnings from the checks
	flagsAt map[string]Pos     // the positions of the flags
	report  *strictyaml.Report // holds the texts of the files that were read
}

// Flags are the flags of prometheus that influence the delivery of alerts.
type Flags struct {
	QueueCapacity   int // in alerts
	BatchSize       int // in alerts; 0 means the default of the release
	DrainOnShutdown bool
	ResendDelay     time.Duration
}

// A RuleFile is a file of rule groups that Prometheus' own parser has read and checked.
type RuleFile struct {
	// Path is the path as rule_files spells it, which is the same on every machine. The offset of a group depends on
	// it.
	Path   string
	Groups []rulefmt.RuleGroup
}

// A Test is a run, repeated for each release and seed, with what must hold in it. Times count from the start of the
// run.
type Test struct {
	Pos  Pos
	Name string
	// Only are the names of the releases that the test is for; nil means all releases of the file.
	Only []string
	// Duration is when the run ends. With 0, it ends when everything has settled after the last event and expectation.
	Duration time.Duration
	Seeds    Seeds
	// EvaluationDuration is how long each evaluation of a rule group takes.
	EvaluationDuration fakeam.Distribution
	// Replicas is the number of servers that send. All of them have the same configuration, flags, rules and service
	// discovery, and send to the same Alertmanagers.
	Replicas int
	// Addresses are the addresses of all Alertmanagers that the test may name.
	Addresses []string

	Series        []Series
	Alertmanagers []Alertmanager
	Timeline      []Event // sorted by time; events of the same time are in the order of the file

	Ledger   []LedgerTest
	Receipts []AlertmanagerTest
	PromQL   []PromQLTest

	// Interval is the time between two values of a series in Metrics.
	Interval   time.Duration
	Metrics    []MetricSeries
	AlertRules []AlertRuleTest
	// Start is the instant of 0s for rules and expressions, as the time since 1970.
	Start time.Duration
	// ExternalLabels, unless nil, and ExternalURL are $externalLabels and $externalURL in the templates of rules.
	ExternalLabels *labels.Labels
	ExternalURL    string
	// Thresholds are the entries of thresholds and the expectations of alert_test.
	Thresholds []Threshold
	// Invariants are the invariants about which the test says something. All invariants are checked in every run.
	Invariants []Invariant
}

// Seeds is a range of seeds, both ends included.
type Seeds struct{ From, To uint64 }

// A Series is an entry of input_series: alerts of one rule that fire and resolve together.
type Series struct {
	Pos Pos
	// Rule is the alertname. At each evaluation, the alerts of one rule are sent in one call of Send.
	Rule string
	// Alerts are the label sets of the alerts, without __name__ and alertstate. Names are their names in output, in the
	// same order.
	Alerts []labels.Labels
	Names  []string
	// Firing says for each evaluation from 0s on whether the alerts fire. After the last they are resolved.
	Firing []bool
}

// A MetricSeries is an entry of input_series for rules and expressions: series with the same values, of which there is
// one for each Test.Interval from 0s on.
type MetricSeries struct {
	Pos    Pos
	Labels []labels.Labels
	Values []parser.SequenceValue
}

// An Alertmanager is the behaviour of the Alertmanager at Address.
type Alertmanager struct {
	Pos       Pos
	Address   string
	Behaviour fakeam.Behaviour
}

// For reports whether the test is for the release.
func (t *Test) For(r *core.Release) bool { return isFor(t.Only, r) }

// Invariant returns what the test says about an invariant, or nil if it says nothing.
func (t *Test) Invariant(name string) *Invariant {
	if i := slices.IndexFunc(t.Invariants, func(v Invariant) bool { return v.Name == name }); i >= 0 {
		return &t.Invariants[i]
	}
	return nil
}

// TemplateLabels returns $externalLabels of the templates of rules: those of the test or, without these, of the
// configuration.
func (t *Test) TemplateLabels(f *File) labels.Labels {
	if t.ExternalLabels != nil {
		return *t.ExternalLabels
	}
	return f.Config.GlobalConfig.ExternalLabels
}

// RuleEnd returns when the last series for rules and expressions ends.
func (t *Test) RuleEnd() time.Duration {
	var end time.Duration
	for _, s := range t.Metrics {
		end = max(end, time.Duration(len(s.Values))*t.Interval)
	}
	return end
}

// CheckRelease returns an error if the release, which need not be one of the file, rejects the api_version of an entry
// under alertmanagers in a configuration of the test.
func (f *File) CheckRelease(t *Test, rel *core.Release) error {
	configs := []*config.Config{f.Config}
	for i := range t.Timeline {
		if r := t.Timeline[i].Reload; r != nil {
			configs = append(configs, r.Config)
		}
	}
	for _, cfg := range configs {
		for _, am := range cfg.AlertingConfig.AlertmanagerConfigs {
			if am.APIVersion == "" {
				continue
			}
			if err := rel.CheckAPIVersion(am.APIVersion); err != nil {
				return fmt.Errorf("%s: test %q: %w", f.Path, t.Name, err)
			}
		}
	}
	return nil
}

func (f *File) releaseNames() []string {
	var names []string
	for _, r := range f.Releases {
		names = append(names, r.Name)
	}
	return names
}

// eachRule calls do for every rule in the rule files.
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
