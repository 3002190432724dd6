// Package scrape is what a Prometheus beside the sender knows: the series that it scraped, what PromQL says of them, and what
// the rules make of that. Queries and rules are evaluated by Prometheus' own code.
//
// It knows nothing of simulations: it is told samples and times. It reads no clock, opens no socket and starts no goroutine, and
// the same samples in the same order give the same answers. Times are int64 milliseconds, as in Prometheus, from the start of the
// run, where Prometheus has them from 1970 on.
package scrape
