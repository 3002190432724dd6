package plan

import (
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/scenarios"
)

// The memory of a waiting alert, on Prometheus v3.15 and a 64-bit machine (TestMemory measures the real Manager): the
// alert itself, once, however many queues it waits in; its labels; annotations and generator URL, which a scenario does
// not have, at an assumed size; and a pointer in each queue. New releases allocate a queue at its capacity when they
// make it; as it moves on, Go's append copies it to one of up to 1.25 times the size while the old one still exists.
const (
	alertBytes   = 112 // notifier.Alert: 104 bytes, in Go's size class
	assumedBytes = 256 // annotations and generator URL
	pointerBytes = 8
	appendFactor = 2.25
)

// A Memory is what full queues take, in bytes.
type Memory struct {
	// PerAlert is one alert, in all queues together; Labels is the part of it that its labels take, on average.
	PerAlert int64 `json:"per_alert"`
	Labels   int64 `json:"labels"`
	// Empty is what the queues take when they are empty, Full when all of them are full.
	Empty int64 `json:"empty"`
	Full  int64 `json:"full"`
}

// memory returns what queues of a capacity take if they hold the same alerts. Queues that hold different alerts, since
// one is slow, take up to as many times as much as there are queues.
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
