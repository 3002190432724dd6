// Package promfile reads files of Prometheus, configurations and rules, with Prometheus' own parsers.
//
// What a parser finds wrong is reported at its position, also where the parser knows only a line, or none, with what to
// write instead. A configuration may stand inside a scenario: in any style of YAML, with aliases.
//
// The package accepts what Prometheus accepts, and reads no files: its callers give it the text.
package promfile
