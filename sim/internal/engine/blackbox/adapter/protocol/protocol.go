// Package protocol is the protocol between a run and a child process that runs the notifier of another release. The run
// writes requests to the child's standard input, and the child writes one response for each to its standard output,
// each as JSON on a line of its own.
//
// Both sides compile the package, the child with whatever release it is for. So it imports only the standard library
// and the client library of Prometheus' metrics, which every release has. Both sides are always built from the same
// source, so there is no compatibility with older programs.
//
// The package is internal to sim: it promises nothing to others.
package protocol

// The operations. Open starts a bubble with a manager in it, and Close ends the bubble; after that the child may be
// opened again. The other operations are the methods of a Host (package blackbox).
const (
	Open          = "open"
	Apply         = "apply"
	Offer         = "offer"
	Send          = "send"
	Stop          = "stop"
	Answer        = "answer"
	Cut           = "cut"
	Begin         = "begin"
	Advance       = "advance"
	Settle        = "settle"
	Samples       = "samples"
	Alertmanagers = "alertmanagers"
	Close         = "close"
)

// A Request asks for one operation. It has only the fields that the operation needs.
type Request struct {
	Op      string              `json:"op"`
	Options *Options            `json:"options,omitempty"`  // Open
	Config  *Config             `json:"config,omitempty"`   // Apply
	Targets map[string][]*Group `json:"targets,omitempty"`  // Offer: by set
	Alerts  []Alert             `json:"alerts,omitempty"`   // Send
	Request int                 `json:"request,omitempty"`  // Answer, Cut
	Status  int                 `json:"status,omitempty"`   // Answer: an HTTP status, or else Failure
	BodyFor int64               `json:"body_for,omitempty"` // Answer: how many nanoseconds the empty body takes
	Failure string              `json:"failure,omitempty"`  // Answer: the text of an error
	Until   int64               `json:"until,omitempty"`    // Advance: nanoseconds from Begin
}

// Options are the options of a manager. A release ignores those that it does not have.
type Options struct {
	QueueCapacity   int  `json:"queue_capacity"`
	MaxBatchSize    int  `json:"max_batch_size"`
	DrainOnShutdown bool `json:"drain_on_shutdown"`
}

// A Config is a configuration: the text of a prometheus.yml, and the external labels as alternating names and values.
// The labels are not in the text because newer releases would expand variables in them.
type Config struct {
	YAML           string   `json:"yaml"`
	ExternalLabels []string `json:"external_labels,omitempty"`
}

// A Group is a target group.
type Group struct {
	Source  string              `json:"source,omitempty"`
	Targets []map[string]string `json:"targets"`
	Labels  map[string]string   `json:"labels,omitempty"`
}

// An Alert is an alert. Times are nanoseconds from Begin.
type Alert struct {
	Labels       []string `json:"labels"` // name, value, name, value …
	StartsAt     int64    `json:"starts_at"`
	EndsAt       int64    `json:"ends_at"`
	GeneratorURL string   `json:"generator_url"`
}

// A Response is the outcome of an operation. Error is empty if the operation succeeded.
type Response struct {
	Error   string   `json:"error,omitempty"`
	Module  string   `json:"module,omitempty"`  // Open: the version of the Prometheus module
	Lacks   []string `json:"lacks,omitempty"`   // Open: options that the release does not have
	Taken   bool     `json:"taken,omitempty"`   // Offer
	Now     int64    `json:"now,omitempty"`     // Advance
	Events  *Events  `json:"events,omitempty"`  // Settle
	Samples []Sample `json:"samples,omitempty"` // Samples
	URLs    []string `json:"urls,omitempty"`    // Alertmanagers
}

// Events are what a manager did until it settled.
type Events struct {
	Arrived []Arrival `json:"arrived,omitempty"`
	GaveUp  []int     `json:"gave_up,omitempty"`
	Exited  bool      `json:"exited,omitempty"`
}

// An Arrival is a request that a manager makes.
type Arrival struct {
	Request int    `json:"request"`
	URL     string `json:"url"`
	Body    []byte `json:"body"`
}

// A Sample is the value of a metric. A summary has samples for its count and its sum, a histogram also for its buckets.
type Sample struct {
	Name         string  `json:"name"`
	Alertmanager string  `json:"alertmanager,omitempty"`
	Le           string  `json:"le,omitempty"`
	Value        float64 `json:"value"`
}
