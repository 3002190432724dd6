package blackbox

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/notifysim/notifysim/sim/internal/engine"
	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter/protocol"
)

// gather reads the notifier's samples from a registry.
func gather(g prometheus.Gatherer) ([]engine.Sample, error) {
	list, err := protocol.Gather(g)
	return samplesOf(list), err
}

// samplesOf converts the samples that a child process sent, and sorts them.
func samplesOf(list []protocol.Sample) []engine.Sample {
	samples := make([]engine.Sample, len(list))
	for i, s := range list {
		samples[i] = engine.Sample(s)
	}
	engine.SortSamples(samples)
	return samples
}
