package document

import (
	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// Read parses the text of a scenario file, as strictyaml.Format.Read does. The fields `config` are in Prometheus'
// format.
func Read(r *strictyaml.Report, path string, text []byte) *yaml.Node {
	format := strictyaml.Format{
		Fields: "config: and tests:",
		Foreign: func(parent, field string) bool {
			return field == "config" && (parent == "" || parent == "reload")
		},
	}
	return format.Read(r, path, text)
}

// Decode converts the result of Read into a document. It reports errors to r.
func Decode(r *strictyaml.Report, path string, root *yaml.Node) *File {
	var f File
	strictyaml.Decoder{Report: r, File: path}.Decode(strictyaml.FieldSpec{Name: "the file"}, root, &f)
	return &f
}

// A File is a scenario file.
type File struct {
	strictyaml.Mapping
	Release            texts          `yaml:"release" example:"a release such as v3.16, or a list of them"`
	Config             strictyaml.Raw `yaml:"config"`
	ConfigFile         text           `yaml:"config_file"`
	Flags              Flags          `yaml:"flags"`
	EvaluationInterval duration       `yaml:"evaluation_interval" limits:"1ms..366d"`
	ScrapeInterval     duration       `yaml:"scrape_interval" limits:"1ms..366d"`
	RuleFiles          texts          `yaml:"rule_files"`
	EvaluationOffset   text           `yaml:"evaluation_offset"`
	GroupEvalOrder     []text         `yaml:"group_eval_order"`
	FuzzyCompare       boolean        `yaml:"fuzzy_compare"`
	Replicas           whole          `yaml:"replicas" limits:"1..8"`
	Tests              []Test         `yaml:"tests" required:"write tests: and at least one test under it"`
}

// A Test is an entry of tests.
type Test struct {
	strictyaml.Mapping
	Name text `yaml:"name" required:"write what the test shows, such as name: a peer hangs"`

	Release        texts                       `yaml:"release" example:"a release such as v3.16, or a list of them"`
	Duration       duration                    `yaml:"duration" limits:"1ms..366d"`
	Seeds          Seeds                       `yaml:"seeds" example:"a number or a range such as 1-20"`
	Interval       duration                    `yaml:"interval" limits:"1ms..366d"`
	Evaluation     Distribution                `yaml:"evaluation_duration"`
	Replicas       whole                       `yaml:"replicas" limits:"1..8"`
	InputSeries    []Series                    `yaml:"input_series"`
	Recording      text                        `yaml:"recording"`
	Alertmanagers  strictyaml.Dict[Behaviour]  `yaml:"alertmanagers"`
	Timeline       []Event                     `yaml:"timeline"`
	Alerts         []AlertTest                 `yaml:"alert_test"`
	Ledger         []LedgerTest                `yaml:"ledger_test"`
	Receipts       []AlertmanagerTest          `yaml:"alertmanager_test"`
	PromQL         []PromQLTest                `yaml:"promql_expr_test"`
	AlertRules     []AlertRuleTest             `yaml:"alert_rule_test"`
	Thresholds     strictyaml.Dict[thresholds] `yaml:"thresholds"`
	Invariants     Invariants                  `yaml:"invariants"`
	StartTimestamp Instant                     `yaml:"start_timestamp"`
	ExternalLabels labels                      `yaml:"external_labels"`
	ExternalURL    text                        `yaml:"external_url"`
}

// A Series is an entry of input_series.
type Series struct {
	strictyaml.Mapping
	Series text   `yaml:"series" required:"write series: 'ALERTS{alertname=\"X\", alertstate=\"firing\"}'"`
	Expand labels `yaml:"expand"`
	Values text   `yaml:"values" required:"write values such as '_x4 1x30', where 1 means firing and _ not firing"`
}
