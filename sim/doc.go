// Package sim runs scenarios. It sends the alerts of one or more simulated Prometheus servers to simulated
// Alertmanagers, keeps an account of every alert (the ledger), writes a trace of all events, and judges whether the
// expectations of the scenario hold. [Run] runs one test under one release and seed.
//
// A test has one server or, with `replicas`, several identical ones; each has its own notifier, rules and accounts, and
// all post to the same Alertmanagers. An [Engine] is what runs the notifiers: notifier/core alone, the Manager of
// package notifier, or the unmodified notifier of Prometheus.
//
// With the engine model a run is one goroutine that reads no clock, opens no socket and uses no global: the same
// scenario, release and seed give the same ledger and the same trace, byte for byte, on any machine. The other engines
// with virtual time give the same ledger, metrics and canonical trace as the model; a difference is a bug of this
// module or a finding about Prometheus. An expectation that does not hold is a [Failure] in the result; an error of Run
// means that there is no valid result.
//
// The package never prints, never ends the process, and never changes the scenario that it is given. Only the engine
// live opens sockets and waits in real time. Only the engine prometheus starts processes, to run releases other than
// the linked one.
package sim
