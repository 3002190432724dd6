package plan

import (
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/scenarios"
)

// What an alert that waits takes, on Prometheus v3.15 and a 64-bit machine (TestMemory measures it on the real Manager): the alert
// itself, once, however many queues it waits in; its labels; annotations and a generator URL, of which a scenario says nothing, at
// this size; and a pointer in each queue. A queue of new releases is allocated at its capacity when it is made; as it moves on, Go's
// append copies it to one of up to 1¼ times the size, while the old one is still there.
const (
	alertBytes   = 112 // notifier.Alert: 104 bytes, in Go's size class
	unknownBytes = 256 // annotations, and the generator URL
	pointerBytes = 8
	moving       = 2.25
)

// A Memory is what full queues take, in bytes.
type Memory struct {
	// PerAlert is one alert, in all queues together; Labels is the part of it that are its labels, on average.
	PerAlert int64 `json:"per_alert"`
	Labels   int64 `json:"labels"`
	// Empty is what the queues take with nothing in them, Full when all of them are full.
	Empty int64 `json:"empty"`
	Full  int64 `json:"full"`
}

// memory returns what queues of a capacity take. With a queue for each Alertmanager they mostly hold the same alerts; queues that
// hold different ones, since one is slow, take up to so many times as much.
func (s *Study) memory(queues int64, capacity int) Memory {
	m := Memory{Labels: averageLabels(s.test)}
	m.PerAlert = alertBytes + unknownBytes + m.Labels + pointerBytes*queues
	m.Empty = pointerBytes * queues * int64(capacity)
	m.Full = int64(capacity)*(m.PerAlert-pointerBytes*queues) + int64(moving*float64(m.Empty))
	return m
}

// averageLabels is how many bytes the labels of an alert take, on average.
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
