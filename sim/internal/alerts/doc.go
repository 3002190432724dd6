// Package alerts holds the alerts of a run: their label sets by number, and the calls of Send that send copies of them.
// Engines and accounts refer to a copy as a place in a Send.
//
// A label set has the same number throughout a run. A Send stores what others record of it (which copies were accepted,
// how many wait or are in flight); the package decides nothing.
//
// The package is internal to sim: it promises nothing to others.
package alerts
