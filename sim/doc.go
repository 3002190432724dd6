// Package sim runs scenarios: it sends the alerts of one or more Prometheus servers to Alertmanagers, keeps the ledger
// of every alert, writes the trace, and judges what the scenario expects. [Run] is one test under one release and seed.
//
// There is one server or, with replicas, several alike; each has its own notifier, rules and accounts. The
// Alertmanagers are shared. An [Engine] is what runs the notifiers: the rules themselves, our Manager, or an unmodified
// Prometheus notifier.
//
// With the engine model a run is one goroutine without a clock, a socket or a global: the same scenario, release and
// seed give the same ledger and the same trace, byte for byte, on any machine. The engines with virtual time give the
// same ledger, metrics and canonical trace as the model; a difference is a bug of this module or a finding about
// Prometheus. An expectation that does not hold is a [Failure] of the result; an error of Run means that there is no
// valid result.
//
// The package never prints, never ends the process, and never changes the scenario it is given. Only the engine live
// opens sockets and waits in real time, and only an engine prometheus of another release starts processes.
package sim
