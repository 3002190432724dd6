// Package promqlcheck checks PromQL in a file: that it can be evaluated, and that the metrics and labels
// it names exist. Errors have the position of the wrong word in the file, and say what to write instead.
//
// The package evaluates nothing. What series there are, its caller says.
package promqlcheck
