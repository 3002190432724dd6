// Package core decides what the notifier of a Prometheus release does between Send and Alertmanagers: which alerts are
// relabelled, queued, dropped, batched and posted, when a batch counts as delivered, and what each metric counts.
//
// A [Core] is a state machine. A [Driver] carries out its decisions: notifier.Manager with goroutines and HTTP, the
// simulator with an event queue. A [Release] holds what differs between releases.
//
// The package starts no goroutine, reads no clock, opens no socket, writes no log and keeps no global state.
package core
