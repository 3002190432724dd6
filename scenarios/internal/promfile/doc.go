// Package promfile reads files of Prometheus, configurations and rules, with Prometheus' own parsers.
//
// Errors of a parser are reported at their positions, even if the parser knows only a line, or none, with what to write
// instead. A configuration may be part of a scenario, in any style of YAML, with aliases.
//
// The package accepts what Prometheus accepts, and reads no files: its callers give it the text.
package promfile
