// Package recording reads the alerts of a real server from OpenMetrics text: a sample of ALERTS{alertstate="firing"} at
// each evaluation at which an alert fired, as notifysim record and promtool tsdb dump-openmetrics write it. Pending
// alerts and ALERTS_FOR_STATE are checked and left out: only firing alerts are sent.
//
// What a run cannot repeat faithfully, such as samples that are not an evaluation interval apart, is an error with its
// line. The package never guesses what a damaged recording meant.
package recording
