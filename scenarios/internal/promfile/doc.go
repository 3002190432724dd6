// Package promfile parses configurations and rule files of Prometheus with Prometheus' own parsers.
//
// Errors of a parser are reported with their positions, even if the parser knows only the line, or no position at all,
// and with what to write instead. A configuration may be part of a scenario, in any YAML style, with aliases.
//
// The package accepts what Prometheus accepts. It opens no files: callers pass the text.
package promfile
