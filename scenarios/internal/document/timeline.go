package document

import "github.com/notifysim/notifysim/scenarios/internal/strictyaml"

// An Event is an entry of a timeline.
type Event struct {
	strictyaml.Mapping
	At           duration      `yaml:"at" required:"write when it happens, such as at: 10m"`
	For          duration      `yaml:"for" limits:"1ms..366d"`
	Replica      whole         `yaml:"replica" limits:"1..8"`
	Send         *Send         `yaml:"send"`
	TargetGroups *TargetGroups `yaml:"target_groups"`
	Target       text          `yaml:"target"`

	Fault  *EventFault `yaml:"fault" example:"a fault such as {hang: true} or {status: 503, probability: 0.3}"`
	Reload *Reload     `yaml:"reload" example:"a mapping such as {config_file: other.yml}"`

	ZoneOutage *Zone                   `yaml:"zone_outage"`
	Swizzle    *Zone                   `yaml:"swizzle"`
	Churn      *strictyaml.Dict[Churn] `yaml:"churn"`
	Restart    *struct{}               `yaml:"restart"`
	Shutdown   *struct{}               `yaml:"shutdown"`
}

// A Send is a call of Manager.Send. With Every, the call is repeated.
type Send struct {
	strictyaml.Mapping
	Alerts texts         `yaml:"alerts" required:"write alerts: 'a[1-8]' for a1 to a8"`
	Labels labels        `yaml:"labels"`
	Every  *Distribution `yaml:"every"`
}

// TargetGroups are target groups, by the key of their Alertmanager set.
type TargetGroups struct{ strictyaml.Dict[[]Group] }

// A Group is a target group.
type Group struct {
	strictyaml.Mapping
	Targets []text `yaml:"targets" required:"write targets: ['am-a:9093'], or targets: [] for none"`
	Labels  labels `yaml:"labels"`
}

// An EventFault is a fault that an event causes at its target.
type EventFault struct {
	strictyaml.Mapping
	Fault `yaml:",inline"`
}

// A Reload gives the sender a new configuration.
type Reload struct {
	strictyaml.Mapping
	Config     strictyaml.Raw `yaml:"config"`
	ConfigFile text           `yaml:"config_file"`
}

// A Zone is the Alertmanagers that an event concerns, if it concerns several.
type Zone struct {
	strictyaml.Mapping
	Targets texts `yaml:"targets" required:"write targets: ['am-a:9093', 'am-b:9093']"`
}

// Churn says how the addresses of an Alertmanager set are replaced.
type Churn struct {
	Zone   `yaml:",inline"`
	Every  Period `yaml:"every" limits:"1ms..366d" required:"write how often an address is replaced, such as every: 5m"`
	Up     whole  `yaml:"up" limits:"1..1000"`
	Leaves text   `yaml:"leaves"`
}
