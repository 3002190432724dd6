// Package alerts holds the alerts of a run: their label sets by number, and the calls of Send that hand copies of them
// over. Engines and accounts refer to a copy as a place in a Send.
//
// A label set has the same number throughout a run. The package keeps what others record in a Send (who took which
// copies, how many are on their way); it decides nothing.
//
// The package is internal to sim: it promises nothing to others.
package alerts
