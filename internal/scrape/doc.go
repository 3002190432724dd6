// Package scrape stands for the Prometheus server that scrapes the sender. It stores the samples of virtual scrapes,
// and Prometheus' own code evaluates queries and rules on them.
//
// The package does not depend on the simulation: callers pass samples and times. It reads no clock, opens no socket and
// starts no goroutine, so the same samples in the same order give the same results. Times are int64 milliseconds as in
// Prometheus, but since the start of the run instead of 1970, unless a comment says otherwise.
//
// The package is internal to this module: its API may change at any time.
package scrape
