// Package scrape is a Prometheus server beside the sender: it stores the samples of virtual scrapes, and Prometheus'
// own code evaluates queries and rules on them.
//
// It knows nothing of simulations: callers hand it samples and times. It reads no clock, opens no socket and starts no
// goroutine, and the same samples in the same order give the same results. Times are int64 milliseconds, as in
// Prometheus, but from the start of the run instead of 1970.
//
// The package is internal to this module: it promises nothing to others.
package scrape
