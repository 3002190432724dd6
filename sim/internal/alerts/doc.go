// Package alerts holds the alerts of a run: their label sets, which have numbers, and the calls of Send that carry
// copies of them. Engines and accounts refer to a copy by its place in a Send.
//
// A label set has the same number throughout a run. A Send stores what others record about its copies (which ones were
// accepted, how many wait or are in flight); the package itself decides nothing.
//
// The package is internal to sim: it promises nothing to others.
package alerts
