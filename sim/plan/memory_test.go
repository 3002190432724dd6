package plan_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/notifier"
	"github.com/stretchr/testify/require"
)

// liveHeap returns the size of the live heap.
func liveHeap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// The memory in a plan is that of the real notifier, within a quarter: its queues are filled with alerts, as rules
// send them, for Alertmanagers that hang.
func TestMemory(t *testing.T) {
	const capacity = 20_000
	for _, ams := range []int{1, 3} {
		p := answer(t, question(t, "memory.yml", fmt.Sprintf(`
config: {alerting: {alertmanagers: [{static_configs: [{targets: [%s]}]}]}}
flags: {alertmanager.notification-queue-capacity: %d}
tests:
  - name: memory
    duration: 1m
    input_series:
      - series: 'ALERTS{alertname="InstanceDown", alertstate="firing", severity="page"}'
        expand: {instance: 'i-[10001-30000]'}
        values: '1x1'
`, targetNames(ams), capacity))).Plans[0]
		require.Equal(t, capacity, p.Needed)

		empty, full := managerMemory(t, ams, capacity)
		t.Logf("%d Alertmanagers: empty %d B, told %d; full %d B, told %d; an alert %d B, told %d",
			ams, empty, p.Memory.Empty, full, p.Memory.Full, (full-empty)/capacity, p.Memory.PerAlert)
		require.InEpsilon(t, p.Memory.Empty, empty, 0.25)
		require.InEpsilon(t, p.Memory.Full, full, 0.25)
	}
}

func targetNames(n int) string {
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("'am-%c:9093'", 'a'+i))
	}
	return strings.Join(names, ", ")
}

// managerMemory returns the memory of Prometheus' notifier with empty and with full queues.
func managerMemory(t *testing.T, ams, capacity int) (empty, full int64) {
	before := liveHeap()
	hang := make(chan struct{})
	m := notifier.NewManager(&notifier.Options{
		QueueCapacity: capacity, MaxBatchSize: 64,
		Do: func(context.Context, *http.Client, *http.Request) (*http.Response, error) {
			<-hang
			return nil, http.ErrServerClosed
		},
	}, model.UTF8Validation, slog.New(slog.DiscardHandler))
	cfg, err := config.Load(fmt.Sprintf("alerting: {alertmanagers: [{static_configs: [{targets: [%s]}]}]}",
		targetNames(ams)), slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	require.NoError(t, m.ApplyConfig(cfg))
	updates, done := make(chan map[string][]*targetgroup.Group), make(chan struct{})
	go func() { m.Run(updates); close(done) }()
	group := &targetgroup.Group{}
	for i := range ams {
		group.Targets = append(group.Targets,
			model.LabelSet{model.AddressLabel: model.LabelValue(fmt.Sprintf("am-%c:9093", 'a'+i))})
	}
	updates <- map[string][]*targetgroup.Group{"config-0": {group}}
	updates <- map[string][]*targetgroup.Group{} // taken when the one before is through
	require.Eventually(t, func() bool { return len(m.Alertmanagers()) == ams }, 10*time.Second, time.Millisecond)
	empty = liveHeap() - before
	for from := 0; from < capacity+64; from += 100 { // the first batch is in flight
		var alerts []*notifier.Alert
		for i := from; i < from+100; i++ {
			alerts = append(alerts, &notifier.Alert{
				Labels: labels.FromStrings("alertname", "InstanceDown", "severity", "page", "instance",
					fmt.Sprintf("i-%05d", i)),
				Annotations: labels.FromStrings("summary", fmt.Sprintf("Instance i-%05d is down", i), "description",
					strings.Repeat("d", 100)),
				GeneratorURL: "http://prometheus.example.org:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1" + strings.Repeat(" ", 10),
			})
		}
		m.Send(alerts...)
	}
	full = liveHeap() - before
	close(hang)
	m.Stop()
	<-done
	runtime.KeepAlive(m)
	return empty, full
}
