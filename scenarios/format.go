package scenarios

import (
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// The types below are the format as it is written. Their tags are the whole of its grammar: yaml is a field's name,
// limits its smallest and largest value, required what to write when it is missing. The checker makes a File of them.

// scenarioFormat is the format as strictyaml reads it: what stands under config is Prometheus'.
var scenarioFormat = strictyaml.Format{
	Fields: "config: and tests:",
	Foreign: func(parent, field string) bool {
		return field == "config" && (parent == "" || parent == "reload")
	},
}

type fileDoc struct {
	strictyaml.Mapping
	Release            strictyaml.List[string]         `yaml:"release" example:"a release such as v3.15, or a list of them"`
	Config             strictyaml.Raw                  `yaml:"config"`
	ConfigFile         strictyaml.Value[string]        `yaml:"config_file"`
	Flags              flagsDoc                        `yaml:"flags"`
	EvaluationInterval strictyaml.Value[time.Duration] `yaml:"evaluation_interval" limits:"1ms..366d"`
	ScrapeInterval     strictyaml.Value[time.Duration] `yaml:"scrape_interval" limits:"1ms..366d"`
	RuleFiles          strictyaml.List[string]         `yaml:"rule_files"`
	EvaluationOffset   strictyaml.Value[string]        `yaml:"evaluation_offset"`
	GroupEvalOrder     []strictyaml.Value[string]      `yaml:"group_eval_order"`
	FuzzyCompare       strictyaml.Value[bool]          `yaml:"fuzzy_compare"`
	Replicas           strictyaml.Value[int64]         `yaml:"replicas" limits:"1..8"`
	Tests              []testDoc                       `yaml:"tests" required:"write tests: and what must hold"`
}

type testDoc struct {
	strictyaml.Mapping
	Name           strictyaml.Value[string]                  `yaml:"name" required:"write what the test shows, such as name: a peer hangs"`
	Release        strictyaml.List[string]                   `yaml:"release" example:"a release such as v3.15, or a list of them"`
	Duration       strictyaml.Value[time.Duration]           `yaml:"duration" limits:"1ms..366d"`
	Seeds          seedsDoc                                  `yaml:"seeds" example:"a number or a range such as 1-20"`
	Interval       strictyaml.Value[time.Duration]           `yaml:"interval" limits:"1ms..366d"`
	Replicas       strictyaml.Value[int64]                   `yaml:"replicas" limits:"1..8"`
	InputSeries    []seriesDoc                               `yaml:"input_series"`
	Recording      strictyaml.Value[string]                  `yaml:"recording"`
	Alertmanagers  strictyaml.Dict[behaviourDoc]             `yaml:"alertmanagers"`
	Timeline       []eventDoc                                `yaml:"timeline"`
	Ledger         []ledgerTestDoc                           `yaml:"ledger_test"`
	Receipts       []alertmanagerTestDoc                     `yaml:"alertmanager_test"`
	PromQL         []promqlTestDoc                           `yaml:"promql_expr_test"`
	AlertRules     []alertRuleTestDoc                        `yaml:"alert_rule_test"`
	Thresholds     strictyaml.Dict[thresholdsDoc]            `yaml:"thresholds"`
	Invariants     invariantsDoc                             `yaml:"invariants"`
	StartTimestamp instantDoc                                `yaml:"start_timestamp"`
	ExternalLabels strictyaml.Dict[strictyaml.Value[string]] `yaml:"external_labels"`
	ExternalURL    strictyaml.Value[string]                  `yaml:"external_url"`
}

type seriesDoc struct {
	strictyaml.Mapping
	Series strictyaml.Value[string]                  `yaml:"series" required:"write series: 'ALERTS{alertname=\"X\", alertstate=\"firing\"}'"`
	Expand strictyaml.Dict[strictyaml.Value[string]] `yaml:"expand"`
	Values strictyaml.Value[string]                  `yaml:"values" required:"write values: such as '_x4 1x30', where 1 is firing and _ is not"`
}

type behaviourDoc struct {
	strictyaml.Mapping
	Latency  distributionDoc                 `yaml:"latency"`
	Jitter   strictyaml.Value[time.Duration] `yaml:"jitter" limits:"0s..1h"`
	Service  serviceDoc                      `yaml:"service"`
	Stall    *stallDoc                       `yaml:"stall" example:"such as {every: 30s, for: 2s}"`
	faultDoc `yaml:",inline"`
}

type serviceDoc struct {
	PerRequest strictyaml.Value[time.Duration] `yaml:"per_request" limits:"0s..1h"`
	PerAlert   strictyaml.Value[time.Duration] `yaml:"per_alert" limits:"0s..1h"`
}

type stallDoc struct {
	strictyaml.Mapping
	Every strictyaml.Value[time.Duration] `yaml:"every" limits:"1ms..366d" required:"write the length of a period, such as every: 30s"`
	For   strictyaml.Value[time.Duration] `yaml:"for" limits:"1ms..366d" required:"write how long it stalls in each period, such as for: 2s"`
}

type faultDoc struct {
	Hang         strictyaml.Value[bool]          `yaml:"hang"`
	Refuse       strictyaml.Value[bool]          `yaml:"refuse"`
	Reset        strictyaml.Value[bool]          `yaml:"reset"`
	Status       strictyaml.Value[int64]         `yaml:"status" limits:"300..599"`
	LoseResponse strictyaml.Value[bool]          `yaml:"lose_response"`
	Truncate     strictyaml.Value[bool]          `yaml:"truncate"`
	SlowBody     strictyaml.Value[time.Duration] `yaml:"slow_body" limits:"1us..24h"`
	Partial      strictyaml.Value[float64]       `yaml:"partial" limits:"0.000001..0.999999"`
	WrongContent strictyaml.Value[bool]          `yaml:"wrong_content"`
	TLS          strictyaml.Value[bool]          `yaml:"tls"`
	RateLimit    strictyaml.Value[int64]         `yaml:"rate_limit" limits:"1..1000000"`

	Probability strictyaml.Value[float64]       `yaml:"probability" limits:"0.000001..1"`
	Ramp        strictyaml.Value[time.Duration] `yaml:"ramp" limits:"1ms..366d"`
	Every       strictyaml.Value[time.Duration] `yaml:"every" limits:"1ms..366d"`
	For         strictyaml.Value[time.Duration] `yaml:"for" limits:"1ms..366d"`
	After       strictyaml.Value[int64]         `yaml:"after" limits:"1..1000000"`
	First       strictyaml.Value[int64]         `yaml:"first" limits:"1..1000000"`
}

type eventDoc struct {
	strictyaml.Mapping
	At           strictyaml.Value[time.Duration] `yaml:"at" required:"write when it happens, such as at: 10m"`
	For          strictyaml.Value[time.Duration] `yaml:"for" limits:"1ms..366d"`
	Replica      strictyaml.Value[int64]         `yaml:"replica" limits:"1..8"`
	Send         *sendDoc                        `yaml:"send"`
	TargetGroups *targetGroupsDoc                `yaml:"target_groups"`
	Target       strictyaml.Value[string]        `yaml:"target"`
	Fault        *eventFaultDoc                  `yaml:"fault" example:"such as {hang: true}, {refuse: true} or {status: 503, probability: 0.3}"`
	Reload       *reloadDoc                      `yaml:"reload" example:"such as {config_file: other.yml}, or the new configuration under config:"`
	ZoneOutage   *zoneDoc                        `yaml:"zone_outage"`
	Swizzle      *zoneDoc                        `yaml:"swizzle"`
	Churn        *strictyaml.Dict[churnDoc]      `yaml:"churn"`
	Restart      *struct{}                       `yaml:"restart"`
	Shutdown     *struct{}                       `yaml:"shutdown"`
}

type zoneDoc struct {
	strictyaml.Mapping
	Targets strictyaml.List[string] `yaml:"targets" required:"write targets: ['am-a:9093', 'am-b:9093']"`
}

type churnDoc struct {
	zoneDoc `yaml:",inline"`
	Every   periodDoc                `yaml:"every" limits:"1ms..366d" required:"write how often an address is replaced, such as every: 5m"`
	Up      strictyaml.Value[int64]  `yaml:"up" limits:"1..1000"`
	Leaves  strictyaml.Value[string] `yaml:"leaves"`
}

type reloadDoc struct {
	strictyaml.Mapping
	Config     strictyaml.Raw           `yaml:"config"`
	ConfigFile strictyaml.Value[string] `yaml:"config_file"`
}

type eventFaultDoc struct {
	strictyaml.Mapping
	faultDoc `yaml:",inline"`
}

type sendDoc struct {
	strictyaml.Mapping
	Alerts strictyaml.List[string]                   `yaml:"alerts" required:"write alerts: 'a[1-8]' for a1 to a8"`
	Labels strictyaml.Dict[strictyaml.Value[string]] `yaml:"labels"`
	Every  *distributionDoc                          `yaml:"every"`
}

type groupDoc struct {
	strictyaml.Mapping
	Targets []strictyaml.Value[string]                `yaml:"targets" required:"write targets: ['am-a:9093'], or targets: [] for none"`
	Labels  strictyaml.Dict[strictyaml.Value[string]] `yaml:"labels"`
}

type ledgerTestDoc struct {
	strictyaml.Mapping
	Release   strictyaml.List[string]         `yaml:"release" example:"a release such as v3.15, or a list of them"`
	FailsOn   failsOnDoc                      `yaml:"fails_on" example:"such as {v3.9: 'prometheus#7676: the queue is shared'}"`
	EvalTime  strictyaml.Value[time.Duration] `yaml:"eval_time" required:"write when to look, such as eval_time: 10m"`
	Target    strictyaml.Value[string]        `yaml:"target"`
	Replica   strictyaml.Value[int64]         `yaml:"replica" limits:"1..8"`
	Offered   strictyaml.Value[int64]         `yaml:"exp_offered" limits:"0..1000000000000"`
	Delivered strictyaml.Value[int64]         `yaml:"exp_delivered" limits:"0..1000000000000"`
	Lost      strictyaml.Value[int64]         `yaml:"exp_lost" limits:"0..1000000000000"`
	LostByAll strictyaml.Value[int64]         `yaml:"exp_lost_by_all" limits:"0..1000000000000"`
	Dropped   droppedDoc                      `yaml:"exp_dropped" limits:"0..1000000000000"`
	Queued    strictyaml.Value[int64]         `yaml:"exp_queued" limits:"0..1000000000000"`
	InFlight  strictyaml.Value[int64]         `yaml:"exp_in_flight" limits:"0..1000000000000"`

	Late        strictyaml.Value[int64] `yaml:"exp_late" limits:"0..1000000000000"`
	Refired     strictyaml.Value[int64] `yaml:"exp_refired" limits:"0..1000000000000"`
	Resurrected strictyaml.Value[int64] `yaml:"exp_resurrected" limits:"0..1000000000000"`

	FalselyResolved strictyaml.Value[int64] `yaml:"exp_false_resolved" limits:"0..1000000000000"`
}

type alertmanagerTestDoc struct {
	strictyaml.Mapping
	Release  strictyaml.List[string]  `yaml:"release" example:"a release such as v3.15, or a list of them"`
	FailsOn  failsOnDoc               `yaml:"fails_on" example:"such as {v3.9: 'prometheus#7676: the queue is shared'}"`
	Target   strictyaml.Value[string] `yaml:"target" required:"write the address of one Alertmanager"`
	Between  windowDoc                `yaml:"between" required:"write a window, such as between: [0s, 10m]"`
	Received *receivedDoc             `yaml:"exp_received"`
	Requests strictyaml.Value[int64]  `yaml:"exp_requests" limits:"0..1000000000000"`
	Alerts   strictyaml.List[string]  `yaml:"exp_alerts"`
}

type receivedDoc struct {
	strictyaml.Mapping
	Unique     strictyaml.Value[int64] `yaml:"unique" limits:"0..1000000000000"`
	Duplicates strictyaml.Value[int64] `yaml:"duplicates" limits:"0..1000000000000"`
	Late       strictyaml.Value[int64] `yaml:"late" limits:"0..1000000000000"`
}

// A windowDoc is [from, to].
type windowDoc struct {
	Pos      Pos
	From, To strictyaml.Value[time.Duration]
}

func (w *windowDoc) Decode(d strictyaml.Decoder, f strictyaml.FieldSpec, n *yaml.Node) {
	w.Pos = d.Pos(n)
	if n.Kind != yaml.SequenceNode || len(n.Content) != 2 {
		d.Errorf(w.Pos, "%s is not two durations; write %s: [0s, 10m]", f.Name, f.Name)
		return
	}
	d.Decode(f, n.Content[0], &w.From)
	d.Decode(f, n.Content[1], &w.To)
}

// The mappings below differ from others in the keys that they may have.
type (
	flagsDoc struct {
		strictyaml.Dict[strictyaml.Raw]
	}
	droppedDoc struct {
		strictyaml.Dict[strictyaml.Value[int64]]
	}
	invariantsDoc   struct{ strictyaml.Dict[invariantDoc] }
	targetGroupsDoc struct{ strictyaml.Dict[[]groupDoc] }
)
