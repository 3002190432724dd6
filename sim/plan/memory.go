package plan

import (
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/scenarios"
)

// These constants describe the memory of a waiting alert, on Prometheus v3.16 and a 64-bit machine; TestMemory
// compares them with the real Manager. An alert is stored once, in however many queues it waits: the struct, its
// labels, and its annotations and generator URL, whose size is assumed because a scenario does not have them. Each
// queue has a pointer to it. New releases allocate a queue at its capacity. When alerts are added after others have
// left, Go's append copies the queue to an array of up to 1.25 times the size while the old array still exists.
const (
	alertBytes   = 112 // notifier.Alert: 104 bytes, in Go's size class
	assumedBytes = 256 // annotations and generator URL
	pointerBytes = 8
	appendFactor = 2.25
)

// A Memory is what full queues take, in bytes.
type Memory struct {
	// PerAlert is what one alert takes in all queues together; Labels is how much of that its labels take, on average.
	PerAlert int64 `json:"per_alert"`
	Labels   int64 `json:"labels"`
	// Empty is what the queues take when they are empty, Full when all of them are full.
	Empty int64 `json:"empty"`
	Full  int64 `json:"full"`
}

// memory returns what queues of a capacity take if all hold the same alerts. If they hold different alerts, because
// one Alertmanager is slow, the alerts take up to as many times as much as there are queues.
func memory(t *scenarios.Test, queues int64, capacity int) Memory {
	m := Memory{Labels: averageLabels(t)}
	m.PerAlert = alertBytes + assumedBytes + m.Labels + pointerBytes*queues
	m.Empty = pointerBytes * queues * int64(capacity)
	m.Full = int64(capacity)*(m.PerAlert-pointerBytes*queues) + int64(appendFactor*float64(m.Empty))
	return m
}

// averageLabels returns how many bytes the labels of an alert take, on average, rounded up.
func averageLabels(t *scenarios.Test) int64 {
	var bytes, n int64
	add := func(alerts []labels.Labels) {
		for _, lset := range alerts {
			lset.Range(func(l labels.Label) { bytes += int64(len(l.Name) + len(l.Value) + 2) })
			n++
		}
	}
	for _, series := range t.Series {
		add(series.Alerts)
	}
	for _, e := range t.Timeline {
		if e.Send != nil {
			add(e.Send.Alerts)
		}
	}
	return (bytes + max(n, 1) - 1) / max(n, 1)
}
