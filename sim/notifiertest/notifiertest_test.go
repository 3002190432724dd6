package notifiertest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/notifier"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim/notifiertest"
)

// prometheus returns the notifier of Prometheus v3.16.
func prometheus(o *notifier.Options) notifiertest.Notifier {
	return notifier.NewManager(o, model.UTF8Validation, nil)
}

// The notifier of Prometheus passes the library, and does everything at the same instants as the model of its release.
func TestPrometheus(t *testing.T) {
	notifiertest.Run(t, notifiertest.Subject{New: prometheus, Exact: true})
}

// A lossy notifier drops the newest alert of each large call of Send.
type lossy struct{ *notifier.Manager }

func newLossy(o *notifier.Options) notifiertest.Notifier {
	return lossy{notifier.NewManager(o, model.UTF8Validation, nil)}
}

func (l lossy) Send(alerts ...*notifier.Alert) {
	if len(alerts) > 100 {
		alerts = alerts[:len(alerts)-1]
	}
	l.Manager.Send(alerts...)
}

// The library finds the bug of a notifier that drops alerts.
func ExampleSubject_Check() {
	subject := notifiertest.Subject{New: newLossy}
	file, err := scenarios.LoadEmbedded("peer_hangs.yml")
	if err != nil {
		fmt.Println(err)
		return
	}
	res, err := subject.Check(file, file.Tests[0], 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("pass:", res.Pass)
	for _, f := range res.Failures {
		if !strings.HasPrefix(f.Message, "invariant") {
			fmt.Println(f.Message)
		}
	}
	// Output:
	// pass: false
	// am-a:9093 received 19990 unique alerts in [0s, 9m0.16s], want 20000
	// all Alertmanagers: delivered 19990 at 30m, want 20000
	// all Alertmanagers: lost 10 at 30m, want 0
}

// For each of these broken notifiers, a file of the library fails.
func TestTheLibraryCatches(t *testing.T) {
	with := func(change func(*notifier.Options)) func(o *notifier.Options) notifiertest.Notifier {
		return func(o *notifier.Options) notifiertest.Notifier {
			change(o)
			return prometheus(o)
		}
	}
	for _, c := range []struct {
		name, file string
		broken     func(o *notifier.Options) notifiertest.Notifier
	}{
		{"drops the newest alert of a large send", "peer_hangs.yml", newLossy},
		{"a queue one too short", "overflow_drops_the_oldest.yml", with(func(o *notifier.Options) { o.QueueCapacity-- })},
		{"batches one too large", "overflow_drops_the_oldest.yml", with(func(o *notifier.Options) { o.MaxBatchSize++ })},
		{"never drains", "shutdown.yml", with(func(o *notifier.Options) { o.DrainOnShutdown = false })},
	} {
		t.Run(c.name, func(t *testing.T) {
			file, err := scenarios.LoadEmbedded(c.file)
			require.NoError(t, err)
			caught := false
			for _, test := range file.Tests {
				res, err := notifiertest.Subject{New: c.broken}.Check(file, test, test.Seeds.From)
				require.NoError(t, err)
				caught = caught || !res.Pass
			}
			require.True(t, caught)
		})
	}
}

func TestSubjectErrors(t *testing.T) {
	file, err := scenarios.LoadEmbedded("peer_hangs.yml")
	require.NoError(t, err)
	_, err = notifiertest.Subject{}.Check(file, file.Tests[0], 1)
	require.EqualError(t, err, "notifiertest: Subject.New is nil; set it to a function that makes the notifier")
	_, err = notifiertest.Subject{New: prometheus, Release: "v1.8"}.Check(file, file.Tests[0], 1)
	require.ErrorContains(t, err, "v1.8")
	panics := func(*notifier.Options) notifiertest.Notifier { panic("half done") }
	_, err = notifiertest.Subject{New: panics}.Check(file, file.Tests[0], 1)
	require.ErrorContains(t, err, "half done")
}

func BenchmarkPrometheus(b *testing.B) {
	notifiertest.Benchmark(b, notifiertest.Subject{New: prometheus})
}
