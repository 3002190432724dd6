package plan_test

import (
	"fmt"
	"math"
	"strings"
)

// A row is one line of the table.
type row struct {
	system, parameters, measure  string
	theory, simulation, interval float64
}

func (r row) z() float64 { return (r.simulation - r.theory) / (r.interval / 1.96) }

// newRow compares the mean over seeds with theory.
func newRow(system, parameters, measure string, theory float64, values []float64) row {
	var mean, squares float64
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		squares += (v - mean) * (v - mean)
	}
	n := float64(len(values))
	return row{system, parameters, measure, theory, mean, 1.96 * math.Sqrt(squares/(n*(n-1)))}
}

func theoryTable(rows []row, seeds, arrivals int) string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Theory and simulation

What queueing theory gives for a queue like the notifier's, and what the simulation of a scenario with that load gives:
%d seeds, from 1 on, of %d alerts each, starting from an empty queue. Times are in service times. λ is the alerts in a
service time, K the capacity, b the batch size, m the alerts of a send. The interval is that of 95 %%; |z| is at most 4
in every row. `+"`make theory`"+` writes this file.

| system | | measure | theory | simulation | ± | z |
|---|---|---|--:|--:|--:|--:|
`, seeds, arrivals)
	for _, r := range rows {
		fmt.Fprintf(&b, "| %s | %s | %s | %.6f | %.6f | %.6f | %.2f |\n", strings.ReplaceAll(r.system, "*", `\*`),
			r.parameters, r.measure, r.theory, r.simulation, r.interval, r.z())
	}
	return b.String()
}
