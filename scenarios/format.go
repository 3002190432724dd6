package scenarios

import (
	"time"

	"go.yaml.in/yaml/v3"
)

// The types below are the format as it is written. Their tags are the whole of its grammar: yaml is a field's name,
// limits its smallest and largest value, required what to write when it is missing. The checker makes a File of them.

// A place is where a mapping stands.
type place struct {
	Pos Pos
	Odd bool // it has an unknown field: what seems to be missing may be that one
}

type fileDoc struct {
	place
	Release            list[string]         `yaml:"release" example:"a release such as v3.15, or a list of them"`
	Config             raw                  `yaml:"config"`
	ConfigFile         value[string]        `yaml:"config_file"`
	Flags              dict[raw]            `yaml:"flags"`
	EvaluationInterval value[time.Duration] `yaml:"evaluation_interval" limits:"1ms..366d"`
	ScrapeInterval     value[time.Duration] `yaml:"scrape_interval" limits:"1ms..366d"`
	RuleFiles          list[string]         `yaml:"rule_files"`
	EvaluationOffset   value[string]        `yaml:"evaluation_offset"`
	GroupEvalOrder     []value[string]      `yaml:"group_eval_order"`
	FuzzyCompare       value[bool]          `yaml:"fuzzy_compare"`
	Replicas           value[int64]         `yaml:"replicas" limits:"1..8"`
	Tests              []testDoc            `yaml:"tests" required:"write tests: and what must hold"`
}

type testDoc struct {
	place
	Name           value[string]         `yaml:"name" required:"write what the test shows, such as name: a peer hangs"`
	Release        list[string]          `yaml:"release" example:"a release such as v3.15, or a list of them"`
	Duration       value[time.Duration]  `yaml:"duration" limits:"1ms..366d"`
	Seeds          seedsDoc              `yaml:"seeds" example:"a number or a range such as 1-20"`
	Interval       value[time.Duration]  `yaml:"interval" limits:"1ms..366d"`
	Replicas       value[int64]          `yaml:"replicas" limits:"1..8"`
	InputSeries    []seriesDoc           `yaml:"input_series"`
	Recording      value[string]         `yaml:"recording"`
	Alertmanagers  dict[behaviourDoc]    `yaml:"alertmanagers"`
	Timeline       []eventDoc            `yaml:"timeline"`
	Ledger         []ledgerTestDoc       `yaml:"ledger_test"`
	Receipts       []alertmanagerTestDoc `yaml:"alertmanager_test"`
	PromQL         []promqlTestDoc       `yaml:"promql_expr_test"`
	AlertRules     []alertRuleTestDoc    `yaml:"alert_rule_test"`
	Thresholds     dict[thresholdsDoc]   `yaml:"thresholds"`
	Invariants     dict[invariantDoc]    `yaml:"invariants"`
	StartTimestamp instantDoc            `yaml:"start_timestamp"`
	ExternalLabels dict[value[string]]   `yaml:"external_labels"`
	ExternalURL    value[string]         `yaml:"external_url"`
}

type seriesDoc struct {
	place
	Series value[string]       `yaml:"series" required:"write series: 'ALERTS{alertname=\"X\", alertstate=\"firing\"}'"`
	Expand dict[value[string]] `yaml:"expand"`
	Values value[string]       `yaml:"values" required:"write values: such as '_x4 1x30', where 1 is firing and _ is not"`
}

type behaviourDoc struct {
	place
	Latency  distributionDoc      `yaml:"latency"`
	Jitter   value[time.Duration] `yaml:"jitter" limits:"0s..1h"`
	Service  serviceDoc           `yaml:"service"`
	Stall    *stallDoc            `yaml:"stall" example:"such as {every: 30s, for: 2s}"`
	faultDoc `yaml:",inline"`
}

type serviceDoc struct {
	PerRequest value[time.Duration] `yaml:"per_request" limits:"0s..1h"`
	PerAlert   value[time.Duration] `yaml:"per_alert" limits:"0s..1h"`
}

type stallDoc struct {
	place
	Every value[time.Duration] `yaml:"every" limits:"1ms..366d" required:"write the length of a period, such as every: 30s"`
	For   value[time.Duration] `yaml:"for" limits:"1ms..366d" required:"write how long it stalls in each period, such as for: 2s"`
}

type faultDoc struct {
	Hang         value[bool]          `yaml:"hang"`
	Refuse       value[bool]          `yaml:"refuse"`
	Reset        value[bool]          `yaml:"reset"`
	Status       value[int64]         `yaml:"status" limits:"300..599"`
	LoseResponse value[bool]          `yaml:"lose_response"`
	Truncate     value[bool]          `yaml:"truncate"`
	SlowBody     value[time.Duration] `yaml:"slow_body" limits:"1us..24h"`
	Partial      value[float64]       `yaml:"partial" limits:"0.000001..0.999999"`
	WrongContent value[bool]          `yaml:"wrong_content"`
	TLS          value[bool]          `yaml:"tls"`
	RateLimit    value[int64]         `yaml:"rate_limit" limits:"1..1000000"`

	Probability value[float64]       `yaml:"probability" limits:"0.000001..1"`
	Ramp        value[time.Duration] `yaml:"ramp" limits:"1ms..366d"`
	Every       value[time.Duration] `yaml:"every" limits:"1ms..366d"`
	For         value[time.Duration] `yaml:"for" limits:"1ms..366d"`
	After       value[int64]         `yaml:"after" limits:"1..1000000"`
	First       value[int64]         `yaml:"first" limits:"1..1000000"`
}

type eventDoc struct {
	place
	At           value[time.Duration] `yaml:"at" required:"write when it happens, such as at: 10m"`
	For          value[time.Duration] `yaml:"for" limits:"1ms..366d"`
	Replica      value[int64]         `yaml:"replica" limits:"1..8"`
	Send         *sendDoc             `yaml:"send"`
	TargetGroups *dict[[]groupDoc]    `yaml:"target_groups"`
	Target       value[string]        `yaml:"target"`
	Fault        *eventFaultDoc       `yaml:"fault" example:"such as {hang: true}, {refuse: true} or {status: 503, probability: 0.3}"`
	Reload       *reloadDoc           `yaml:"reload" example:"such as {config_file: other.yml}, or the new configuration under config:"`
	ZoneOutage   *zoneDoc             `yaml:"zone_outage"`
	Swizzle      *zoneDoc             `yaml:"swizzle"`
	Churn        *dict[churnDoc]      `yaml:"churn"`
	Restart      *struct{}            `yaml:"restart"`
	Shutdown     *struct{}            `yaml:"shutdown"`
}

type zoneDoc struct {
	place
	Targets list[string] `yaml:"targets" required:"write targets: ['am-a:9093', 'am-b:9093']"`
}

type churnDoc struct {
	zoneDoc `yaml:",inline"`
	Every   periodDoc     `yaml:"every" limits:"1ms..366d" required:"write how often an address is replaced, such as every: 5m"`
	Up      value[int64]  `yaml:"up" limits:"1..1000"`
	Leaves  value[string] `yaml:"leaves"`
}

type reloadDoc struct {
	place
	Config     raw           `yaml:"config"`
	ConfigFile value[string] `yaml:"config_file"`
}

type eventFaultDoc struct {
	place
	faultDoc `yaml:",inline"`
}

type sendDoc struct {
	place
	Alerts list[string]        `yaml:"alerts" required:"write alerts: 'a[1-8]' for a1 to a8"`
	Labels dict[value[string]] `yaml:"labels"`
	Every  *distributionDoc    `yaml:"every"`
}

type groupDoc struct {
	place
	Targets []value[string]     `yaml:"targets" required:"write targets: ['am-a:9093'], or targets: [] for none"`
	Labels  dict[value[string]] `yaml:"labels"`
}

type ledgerTestDoc struct {
	place
	Release   list[string]         `yaml:"release" example:"a release such as v3.15, or a list of them"`
	FailsOn   failsOnDoc           `yaml:"fails_on" example:"such as {v3.9: 'prometheus#7676: the queue is shared'}"`
	EvalTime  value[time.Duration] `yaml:"eval_time" required:"write when to look, such as eval_time: 10m"`
	Target    value[string]        `yaml:"target"`
	Replica   value[int64]         `yaml:"replica" limits:"1..8"`
	Offered   value[int64]         `yaml:"exp_offered" limits:"0..1000000000000"`
	Delivered value[int64]         `yaml:"exp_delivered" limits:"0..1000000000000"`
	Lost      value[int64]         `yaml:"exp_lost" limits:"0..1000000000000"`
	LostByAll value[int64]         `yaml:"exp_lost_by_all" limits:"0..1000000000000"`
	Dropped   dict[value[int64]]   `yaml:"exp_dropped" limits:"0..1000000000000"`
	Queued    value[int64]         `yaml:"exp_queued" limits:"0..1000000000000"`
	InFlight  value[int64]         `yaml:"exp_in_flight" limits:"0..1000000000000"`

	Late        value[int64] `yaml:"exp_late" limits:"0..1000000000000"`
	Refired     value[int64] `yaml:"exp_refired" limits:"0..1000000000000"`
	Resurrected value[int64] `yaml:"exp_resurrected" limits:"0..1000000000000"`

	FalselyResolved value[int64] `yaml:"exp_false_resolved" limits:"0..1000000000000"`
}

type alertmanagerTestDoc struct {
	place
	Release  list[string]  `yaml:"release" example:"a release such as v3.15, or a list of them"`
	FailsOn  failsOnDoc    `yaml:"fails_on" example:"such as {v3.9: 'prometheus#7676: the queue is shared'}"`
	Target   value[string] `yaml:"target" required:"write the address of one Alertmanager"`
	Between  windowDoc     `yaml:"between" required:"write a window, such as between: [0s, 10m]"`
	Received *receivedDoc  `yaml:"exp_received"`
	Requests value[int64]  `yaml:"exp_requests" limits:"0..1000000000000"`
	Alerts   list[string]  `yaml:"exp_alerts"`
}

type receivedDoc struct {
	place
	Unique     value[int64] `yaml:"unique" limits:"0..1000000000000"`
	Duplicates value[int64] `yaml:"duplicates" limits:"0..1000000000000"`
	Late       value[int64] `yaml:"late" limits:"0..1000000000000"`
}

// A windowDoc is [from, to].
type windowDoc struct {
	Pos      Pos
	From, To value[time.Duration]
}

func (w *windowDoc) decode(d decoder, f field, n *yaml.Node) {
	w.Pos = d.pos(n)
	if n.Kind != yaml.SequenceNode || len(n.Content) != 2 {
		d.errorf(w.Pos, "%s is not two durations; write %s: [0s, 10m]", f.name, f.name)
		return
	}
	d.decode(f, n.Content[0], &w.From)
	d.decode(f, n.Content[1], &w.To)
}

// missing reports what a mapping lacks, unless it has something odd instead.
func (r *report) missing(at place, format string, args ...any) {
	if !at.Odd {
		r.errorf(at.Pos, format, args...)
	}
}

// A choice is one of several fields of which exactly one is wanted.
type choice struct {
	name  string
	given bool
}

// one reports an error unless exactly one of the choices is given.
func (r *report) one(at place, what string, choices ...choice) {
	var all, given []string
	for _, c := range choices {
		all = append(all, c.name)
		if c.given {
			given = append(given, c.name)
		}
	}
	switch len(given) {
	case 0:
		r.missing(at, "%s says nothing; write one of %s", what, join(all, "or"))
	case 1:
	default:
		r.errorf(at.Pos, "%s has %s; write one of them only", what, join(given, "and"))
	}
}
