// Package core holds what the notifier of a Prometheus release decides between Send and Alertmanagers: which
// alerts are relabelled, queued, dropped, batched and posted, when a batch counts as delivered, and what each
// metric counts.
//
// A [Core] is a state machine. A [Driver] carries out what it decides: notifier.Manager with goroutines and
// HTTP, the simulator with an event queue. [Release] says how the rules differ from release to release.
//
// Nothing here starts a goroutine, reads a clock, opens a socket, writes a log or keeps global state.
package core
