package document

import (
	"reflect"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// Flags are the values of flags of prometheus, by name.
type Flags struct {
	strictyaml.Dict[strictyaml.Raw]
}

// The flags of prometheus that influence the delivery of alerts.
const (
	QueueCapacityFlag   = "alertmanager.notification-queue-capacity"
	BatchSizeFlag       = "alertmanager.notification-batch-size"
	DrainOnShutdownFlag = "alertmanager.drain-notification-queue-on-shutdown"
	ResendDelayFlag     = "rules.alert.resend-delay"
)

// A Flag is a flag of prometheus: its exact name, its default in Prometheus (an int64, bool or time.Duration), and the
// limits that apply here. The default of the batch size is 0, because it depends on the release.
type Flag struct {
	Name    string
	Default any
	Limits  string
}

// KnownFlags returns the flags that a scenario file may set.
func KnownFlags() []Flag {
	return []Flag{
		{QueueCapacityFlag, int64(10_000), "1..10000000"},
		{BatchSizeFlag, int64(0), "1..1000000"},
		{DrainOnShutdownFlag, true, ""},
		{ResendDelayFlag, time.Minute, "0s..366d"},
	}
}

// Read returns the value of the node n, which has the type of Default. The error says what to write.
func (f Flag) Read(n *yaml.Node) (any, error) {
	v := reflect.New(reflect.TypeOf(f.Default))
	err := strictyaml.Scalar(n, f.Limits, v.Interface())
	return v.Elem().Interface(), err
}
