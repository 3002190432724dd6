// Package recording reads the alerts of a real server from OpenMetrics text, as notifysim record and promtool tsdb
// dump-openmetrics write it: there is a sample of ALERTS{alertstate="firing"} for each evaluation at which an alert
// fired. Pending alerts and ALERTS_FOR_STATE are checked but otherwise ignored, because only firing alerts are sent.
//
// Whatever a run cannot reproduce faithfully is an error with its line, such as samples that are not one evaluation
// interval apart. The package never guesses what a damaged recording meant.
package recording
