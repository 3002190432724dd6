package scenarios

import (
	"time"

	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"

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
	// that give the set its Alertmanagers in production, and that target_groups give here.
	Discovered map[string][]string

	Flags              Flags
	EvaluationInterval time.Duration
	ScrapeInterval     time.Duration
	// RuleFiles are the sender's rules. Aligned evaluates all groups at multiples of their intervals, as promtool does, in the
	// order of GroupEvalOrder; without it each group has an offset of its own, as in Prometheus.
	RuleFiles      []RuleFile
	Aligned        bool
	GroupEvalOrder []string
	// FuzzyCompare lets promql_expr_test take neighbouring numbers for equal.
	FuzzyCompare bool

	Tests []*Test

	remarks Errors             // on rule files
	flagsAt map[string]Pos     // where flags are given
	report  *strictyaml.Report // of its errors, which are none
}

// Flags are the flags of prometheus that the notification path reads, with Prometheus' defaults.
type Flags struct {
	QueueCapacity   int
	BatchSize       int // 0: not given; the release's own default holds
	DrainOnShutdown bool
	ResendDelay     time.Duration
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
	// Replicas is how many servers send, all with the same configuration, flags, rules and service discovery, to the same Alertmanagers.
	Replicas int
	// Addresses are those of all Alertmanagers that the test can speak of.
	Addresses []string

	Series        []Series
	Alertmanagers []Alertmanager
	Timeline      []Event // in the order of their times, then of the file

	Ledger   []LedgerTest
	Receipts []AlertmanagerTest
	PromQL   []PromQLTest

	// Interval is how far the values of Metrics are apart.
	Interval   time.Duration
	Metrics    []MetricSeries
	AlertRules []AlertRuleTest
	// Start is the instant of 0s for rules and expressions, since 1970.
	Start time.Duration
	// ExternalLabels, if not nil, and ExternalURL are what templates of rules have as $externalLabels and $externalURL.
	ExternalLabels *labels.Labels
	ExternalURL    string
	Thresholds     []Threshold
	// Invariants are what the test says of those that every run is checked for.
	Invariants []Invariant
}

// Seeds is an inclusive range.
type Seeds struct{ From, To uint64 }

// A Series is one entry of input_series: alerts of one rule that fire and resolve together.
type Series struct {
	Pos Pos
	// Rule is the alertname: the alerts of one rule are handed over in one send at each evaluation.
	Rule string
	// Alerts are the label sets, without __name__ and alertstate, and Names are how output calls them, one for each.
	Alerts []labels.Labels
	Names  []string
	// Firing has an element for each evaluation from 0s on; after the last the alerts are resolved.
	Firing []bool
}

// An Alertmanager is how the one at Address behaves.
type Alertmanager struct {
	Pos       Pos
	Address   string
	Behaviour fakeam.Behaviour
}

// An Event is one thing that happens. Exactly one of the pointers is set.
type Event struct {
	Pos Pos
	At  time.Duration
	// Replica is the server, from 1 on, that a send, a target update, a reload, a restart or a shutdown is of; 0 is all of them.
	Replica int

	Send          *Send
	TargetGroups  map[string][]*targetgroup.Group // by set key
	Fault         *Fault
	Reload        *Reload
	Restart       *Restart
	ServerRestart *ServerRestart
	Swizzle       *Swizzle
	Churn         *Churn
	Shutdown      *Shutdown
}

// A Send is one call of Manager.Send with firing alerts, oldest first.
type Send struct {
	Alerts []labels.Labels
	Names  []string // how output calls them, one for each

	// With Every, the send is repeated for the time For: the first is at the event's time, and between two lies a time that is drawn
	// anew. Exponential times are Poisson arrivals.
	Every *fakeam.Distribution
	For   time.Duration
}

// A Fault is a fault of the Alertmanager at Target that begins with the event and lasts For (0: to the end).
type Fault struct {
	Target string
	For    time.Duration
	fakeam.Fault
}

// A Swizzle lets a part of Targets hang, one after the other, and releases them in another order, all within For. The seed
// draws which, and both orders. Each hangs for at least For divided by their number.
type Swizzle struct {
	Targets []string
	For     time.Duration
}

// Churn replaces, from the event on for the time For, addresses of the set Set in service discovery: Up of Targets are there at a
// time. Who goes is down until its address comes again, by another with an empty store. Only what the seed draws is Churn, the
// replacements that are known beforehand are events of their own.
type Churn struct {
	Set     string
	Targets []string // different ones, more than Up
	Up      int      // at least 1
	For     time.Duration
	// Every is the time from one replacement to the next, at least 1ms; with Exponential it is the mean of exponential times, which
	// are whole milliseconds.
	Every       time.Duration
	Exponential bool
	// Random draws who goes, and who of those away comes. Without it, it is who was there, and away, the longest.
	Random bool
}

// A Restart stops the Alertmanager at Target: requests to it break, and nobody listens there. After Down it is back, with an
// empty store.
type Restart struct {
	Target string
	Down   time.Duration
}

// A ServerRestart stops the servers that the event is of, as SIGTERM does. Down after one has stopped it starts again with an empty
// queue: its rules begin anew with what they have stored, and its service discovery finds what there is then.
type ServerRestart struct{ Down time.Duration }

// A Reload gives the sender a new configuration, as SIGHUP does. The intervals of the file stay what they are.
type Reload struct{ Config *config.Config }

// Shutdown stops the sender, as SIGTERM stops Prometheus.
type Shutdown struct{}

// A LedgerTest expects something of the ledger at EvalTime, after all that happens at that instant.
// A nil count and an absent reason expect nothing.
type LedgerTest struct {
	Pos      Pos
	Only     []string // the releases that it is for; nil is all
	FailsOn  FailsOn
	EvalTime time.Duration
	Target   string // "": the whole, over all Alertmanagers
	Replica  int    // of what it sent alone, from 1 on; 0: the sum over all

	Offered, Delivered, Queued, InFlight *Count
	Lost                                 *Count // the whole only
	LostByAll                            *Count // the same, over all replicas
	Dropped                              []DropCount
	// What Alertmanagers got wrong; of the whole, the sum over all of them.
	Late, FalselyResolved, Refired, Resurrected *Count
}

// A Count is an expected number and where it stands.
type Count struct {
	Pos Pos
	N   int64
}

// A DropCount is the expected number of alerts dropped for a reason.
type DropCount struct {
	Reason core.Reason
	Count
}

// An AlertmanagerTest expects something of what the Alertmanager at Target took between From and To, both included.
type AlertmanagerTest struct {
	Pos      Pos
	Only     []string // the releases that it is for; nil is all
	FailsOn  FailsOn
	Target   string
	From, To time.Duration

	Unique, Duplicates *Count
	// Late is the number of alerts taken after their end though they were sent as firing.
	Late *Count
	// Requests is the number of requests that reached it, answered or not.
	Requests *Count
	// Alerts are the names of the alerts taken, in any order: these and no others. Nil expects nothing.
	Alerts    []string
	AlertsPos Pos
}
