// Package recording fetches the history of alerts from a real Prometheus server through its HTTP API, and writes it in
// the form in which a scenario reads it: as a recording.
//
// It limits the number and size of responses and the number of samples. It changes nothing on the server.
package recording
