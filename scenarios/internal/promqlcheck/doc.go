// Package promqlcheck checks PromQL expressions in a file: whether they can be evaluated, and whether the metrics and
// labels that they name exist. Errors have the position of the wrong word in the file and say what to write instead.
//
// The package evaluates nothing. Its caller says which series exist.
package promqlcheck
