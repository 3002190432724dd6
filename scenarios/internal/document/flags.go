package document

import (
	"reflect"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/notifysim/notifysim/scenarios/internal/strictyaml"
)

// Flags are values of flags of prometheus, by their names.
type Flags struct {
	strictyaml.Dict[strictyaml.Raw]
}

// The flags of prometheus that the path of alerts depends on.
const (
	QueueCapacityFlag   = "alertmanager.notification-queue-capacity"
	BatchSizeFlag       = "alertmanager.notification-batch-size"
	DrainOnShutdownFlag = "alertmanager.drain-notification-queue-on-shutdown"
	ResendDelayFlag     = "rules.alert.resend-delay"
)

// A Flag is a flag of prometheus: its exact name, Prometheus' default (an int64, bool or time.Duration; of the batch
// size 0, for the release has one), and the limits that apply here.
type Flag struct {
	Name    string
	Default any
	Limits  string
}

// KnownFlags returns the flags that a file may have.
func KnownFlags() []Flag {
	return []Flag{
		{QueueCapacityFlag, int64(10_000), "1..10000000"},
		{BatchSizeFlag, int64(0), "1..1000000"},
		{DrainOnShutdownFlag, true, ""},
		{ResendDelayFlag, time.Minute, "0s..366d"},
	}
}

// Read returns the value at n, of the type of Default. The error says what to write.
func (f Flag) Read(n *yaml.Node) (any, error) {
	v := reflect.New(reflect.TypeOf(f.Default))
	err := strictyaml.Scalar(n, f.Limits, v.Interface())
	return v.Elem().Interface(), err
}
