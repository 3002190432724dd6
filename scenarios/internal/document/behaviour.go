package document

import "github.com/notifysim/notifysim/scenarios/internal/strictyaml"

// A Behaviour is how an Alertmanager answers requests.
type Behaviour struct {
	strictyaml.Mapping
	Latency Distribution `yaml:"latency"`
	Jitter  duration     `yaml:"jitter" limits:"0s..1h"`
	Service Service      `yaml:"service"`
	Stall   *Stall       `yaml:"stall" example:"a mapping such as {every: 30s, for: 2s}"`
	Fault   `yaml:",inline"`
}

// A Service is how long an Alertmanager works on a request.
type Service struct {
	PerRequest duration `yaml:"per_request" limits:"0s..1h"`
	PerAlert   duration `yaml:"per_alert" limits:"0s..1h"`
}

// A Stall is when an Alertmanager stops working.
type Stall struct {
	strictyaml.Mapping
	Every duration `yaml:"every" limits:"1ms..366d" required:"write the length of a period, such as every: 30s"`
	For   duration `yaml:"for" limits:"1ms..366d" required:"write how long it stalls in each period, such as for: 2s"`
}

// A Fault is a kind of failure of an Alertmanager, together with limits on which requests meet it.
type Fault struct {
	Hang         boolean  `yaml:"hang"`
	Refuse       boolean  `yaml:"refuse"`
	Reset        boolean  `yaml:"reset"`
	Status       whole    `yaml:"status" limits:"300..599"`
	LoseResponse boolean  `yaml:"lose_response"`
	Truncate     boolean  `yaml:"truncate"`
	SlowBody     duration `yaml:"slow_body" limits:"1us..24h"`
	Partial      number   `yaml:"partial" limits:"0.000001..0.999999"`
	WrongContent boolean  `yaml:"wrong_content"`
	TLS          boolean  `yaml:"tls"`
	RateLimit    whole    `yaml:"rate_limit" limits:"1..1000000"`

	Probability number   `yaml:"probability" limits:"0.000001..1"`
	Ramp        duration `yaml:"ramp" limits:"1ms..366d"`
	Every       duration `yaml:"every" limits:"1ms..366d"`
	For         duration `yaml:"for" limits:"1ms..366d"`
	After       whole    `yaml:"after" limits:"1..1000000"`
	First       whole    `yaml:"first" limits:"1..1000000"`
}

// Kinds returns all kinds of faults, and whether each is given. A valid Fault has exactly one.
func (f *Fault) Kinds() []strictyaml.Choice {
	return []strictyaml.Choice{
		{Name: "hang", Given: f.Hang.V},
		{Name: "refuse", Given: f.Refuse.V},
		{Name: "reset", Given: f.Reset.V},
		{Name: "status", Given: f.Status.Given()},
		{Name: "lose_response", Given: f.LoseResponse.V},
		{Name: "truncate", Given: f.Truncate.V},
		{Name: "slow_body", Given: f.SlowBody.Given()},
		{Name: "partial", Given: f.Partial.Given()},
		{Name: "wrong_content", Given: f.WrongContent.V},
		{Name: "tls", Given: f.TLS.V},
		{Name: "rate_limit", Given: f.RateLimit.Given()},
	}
}

// FaultKinds lists the kinds of faults for a message: "hang, refuse, … or rate_limit".
func FaultKinds() string {
	var names []string
	for _, k := range (&Fault{}).Kinds() {
		names = append(names, k.Name)
	}
	return strictyaml.Join(names, "or")
}
