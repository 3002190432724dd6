package document

import (
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// A Scope is the releases that an expectation is for, and the releases on which it is known to fail, with the reason.
type Scope struct {
	Release texts  `yaml:"release" example:"a release such as v3.16, or a list of them"`
	FailsOn labels `yaml:"fails_on" example:"a mapping such as {v3.9: 'prometheus#7676: the queue is shared'}"`
}

// An AlertTest is an entry of alert_test.
type AlertTest struct {
	strictyaml.Mapping
	Scope           `yaml:",inline"`
	Alerts          text   `yaml:"alerts"`
	Labels          labels `yaml:"labels"`
	Target          text   `yaml:"target"`
	FirstDelivery   text   `yaml:"exp_first_delivery"`
	Uncovered       text   `yaml:"exp_uncovered"`
	FalselyResolved text   `yaml:"exp_false_resolved"`
	Missed          text   `yaml:"exp_missed"`
}

// A LedgerTest is an entry of ledger_test.
type LedgerTest struct {
	strictyaml.Mapping
	Scope     `yaml:",inline"`
	EvalTime  duration `yaml:"eval_time" required:"write a time, such as eval_time: 10m"`
	Target    text     `yaml:"target"`
	Replica   whole    `yaml:"replica" limits:"1..8"`
	Offered   whole    `yaml:"exp_offered" limits:"0..1000000000000"`
	Delivered whole    `yaml:"exp_delivered" limits:"0..1000000000000"`
	Lost      whole    `yaml:"exp_lost" limits:"0..1000000000000"`
	LostByAll whole    `yaml:"exp_lost_by_all" limits:"0..1000000000000"`
	Dropped   Dropped  `yaml:"exp_dropped" limits:"0..1000000000000"`
	Queued    whole    `yaml:"exp_queued" limits:"0..1000000000000"`
	InFlight  whole    `yaml:"exp_in_flight" limits:"0..1000000000000"`

	Late        whole `yaml:"exp_late" limits:"0..1000000000000"`
	Refired     whole `yaml:"exp_refired" limits:"0..1000000000000"`
	Resurrected whole `yaml:"exp_resurrected" limits:"0..1000000000000"`

	FalselyResolved whole `yaml:"exp_false_resolved" limits:"0..1000000000000"`
}

// Dropped are the numbers of dropped alerts, by reason.
type Dropped struct {
	strictyaml.Dict[strictyaml.Value[int64]]
}

// An AlertmanagerTest is an entry of alertmanager_test.
type AlertmanagerTest struct {
	strictyaml.Mapping
	Scope    `yaml:",inline"`
	Target   text      `yaml:"target" required:"write the address of one Alertmanager"`
	Between  Window    `yaml:"between" required:"write a time window, such as between: [0s, 10m]"`
	Received *Received `yaml:"exp_received"`
	Requests whole     `yaml:"exp_requests" limits:"0..1000000000000"`
	Alerts   texts     `yaml:"exp_alerts"`
	Contains texts     `yaml:"exp_alerts_contain"`
	Labels   labelSets `yaml:"exp_labels"`
}

// Received are the numbers of alerts that an Alertmanager receives.
type Received struct {
	strictyaml.Mapping
	Unique     whole `yaml:"unique" limits:"0..1000000000000"`
	Duplicates whole `yaml:"duplicates" limits:"0..1000000000000"`
	Late       whole `yaml:"late" limits:"0..1000000000000"`
}

// A PromQLTest is an entry of promql_expr_test.
type PromQLTest struct {
	strictyaml.Mapping
	Scope    `yaml:",inline"`
	Expr     text     `yaml:"expr" required:"write an expression, such as expr: 'sum(alerts_queued)'"`
	EvalTime duration `yaml:"eval_time" limits:"0s..106751d" required:"write a time, such as eval_time: 10m"`
	Samples  []Sample `yaml:"exp_samples"`
}

// A Sample is an expected sample in the result of an expression.
type Sample struct {
	strictyaml.Mapping
	Labels    text   `yaml:"labels"`
	Value     Number `yaml:"value"`
	Histogram text   `yaml:"histogram"`
}

// A Number is a number in the notation of YAML or PromQL. It may be infinite or NaN.
type Number struct{ strictyaml.Value[float64] }

// Decode implements strictyaml.Decodable.
func (v *Number) Decode(d strictyaml.Decoder, f strictyaml.FieldSpec, n *yaml.Node) {
	v.Pos = d.Pos(n)
	text := n.Value
	switch text {
	case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF":
		text = "+Inf"
	case "-.inf", "-.Inf", "-.INF":
		text = "-Inf"
	case ".nan", ".NaN", ".NAN":
		text = "NaN"
	}
	x, err := strconv.ParseFloat(text, 64)
	if n.Kind != yaml.ScalarNode || n.Style != 0 || err != nil {
		v.Invalid = true
		d.Wrong(f, n, "a number such as 12, 0.5, 1e6, +Inf or NaN"+strictyaml.Unquoted(n))
		return
	}
	v.V = x
}

// An AlertRuleTest is an entry of alert_rule_test.
type AlertRuleTest struct {
	strictyaml.Mapping
	Scope     `yaml:",inline"`
	EvalTime  duration        `yaml:"eval_time" limits:"0s..106751d" required:"write a time, such as eval_time: 10m"`
	Alertname text            `yaml:"alertname" required:"write the name of an alert in rule_files"`
	Alerts    []ExpectedAlert `yaml:"exp_alerts"`
}

// An ExpectedAlert is an alert that must fire.
type ExpectedAlert struct {
	strictyaml.Mapping
	Labels      labels `yaml:"exp_labels"`
	Annotations labels `yaml:"exp_annotations"`
}

// Invariants is what a test says about invariants, by name.
type Invariants struct{ strictyaml.Dict[Invariant] }

// An Invariant says why an invariant is not checked, or on which releases it is known to fail.
type Invariant struct {
	strictyaml.Mapping
	Off     text   `yaml:"off"`
	FailsOn labels `yaml:"fails_on"`
}

// InvariantNames returns the names of the invariants that are checked in every run, in the order of reports.
func InvariantNames() []string {
	return []string{
		"conservation", "queue_bound", "batch_bound", "fifo", "oldest_dropped_first", "one_request_per_alertmanager",
		"no_send_after_removal", "send_never_blocks", "metrics_match_ledger", "losses_are_counted",
		"at_least_one_per_set", "targets_unique", "quiesces",
	}
}
