// Package recording fetches the history of alerts from a real Prometheus server through its HTTP API, and writes it as
// the recording of a scenario.
//
// It bounds the number and size of responses and of samples, changes nothing on the server, and judges nothing.
package recording
