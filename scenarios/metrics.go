package scenarios

import (
	"fmt"
	"slices"

	"github.com/prometheus/common/model"

	"github.com/notifysim/notifysim/notifier/core"
)

// The jobs and instances of the virtual scrapes.
const (
	JobPrometheus   = "prometheus"
	JobAlertmanager = "alertmanager" // the instance is the Alertmanager's address
	JobLedger       = "notifysim"

	InstanceLedger = "ledger"
)

// InstancePrometheus returns the value of the label instance for sender i of n; i counts from 0.
func InstancePrometheus(i, n int) string {
	if n == 1 {
		return "localhost:9090"
	}
	return fmt.Sprintf("prometheus-%d:9090", i+1)
}

// A Metric describes a metric of the virtual scrapes in one release.
type Metric struct {
	Name, Help string
	// Type is counter, gauge, histogram or summary.
	Type string
	// Labels are the labels besides job and instance. The buckets of a histogram also have le.
	Labels []string
	Job    string // "" means every job
}

// Series returns the names of the series of a metric, each with its labels.
func (m Metric) Series() map[string][]string {
	with := append([]string{model.MetricNameLabel, model.JobLabel, model.InstanceLabel}, m.Labels...)
	switch m.Type {
	case "histogram":
		buckets := append(slices.Clone(with), model.BucketLabel)
		return map[string][]string{m.Name + "_bucket": buckets, m.Name + "_sum": with, m.Name + "_count": with}
	case "summary":
		return map[string][]string{m.Name + "_sum": with, m.Name + "_count": with}
	}
	return map[string][]string{m.Name: with}
}

// everyRelease describes the metrics that exist in every release, which are all except the notifier's own. Scrapes of
// an Alertmanager always succeed, because faults concern only its API for alerts.
var everyRelease = []Metric{
	{"up", "1 if the scrape succeeded, 0 if it failed.", "gauge", nil, ""},

	{"alertmanager_alerts", "How many alerts by state.", "gauge", []string{"state"}, JobAlertmanager},
	{
		"alertmanager_alerts_received_total", "The total number of received alerts.",
		"counter", []string{"status", "version"}, JobAlertmanager,
	},
	{
		"alertmanager_alerts_invalid_total", "The total number of received alerts that were invalid.",
		"counter", []string{"version"}, JobAlertmanager,
	},

	{
		"alerts_offered_total", "Alerts that Send was called with and that its relabelling kept.",
		"counter", nil, JobLedger,
	},
	{
		"alerts_delivered_total", `Alerts that the Alertmanager at an address took; to="any" counts each once.`,
		"counter", []string{"to"}, JobLedger,
	},
	{
		"alerts_lost_total", "Alerts that no Alertmanager accepted or will accept, by the reason for which the last copy " +
			"was lost; no_alertmanager if there was no copy. Counted when no copy of any alert of the same Send is left.",
		"counter", []string{"reason"}, JobLedger,
	},
	{
		"alerts_dropped_total", "Alerts that an Alertmanager did not get, by reason.",
		"counter", []string{"alertmanager", "reason"}, JobLedger,
	},
	{"alerts_queued", "Alerts that wait for an Alertmanager.", "gauge", []string{"alertmanager"}, JobLedger},
	{"alerts_in_flight", "Alerts in requests that have not ended.", "gauge", []string{"alertmanager"}, JobLedger},
	{"alert_requests_total", "Requests sent to an Alertmanager.", "counter", []string{"to"}, JobLedger},
	{
		"alert_delivery_seconds", "Time from the call of Send to the answer of an Alertmanager that took the alert; " +
			`to="any": of the first.`,
		"histogram", []string{"to"}, JobLedger,
	},
	{"alert_sends_total", "Calls of Send.", "counter", nil, JobLedger},
	{
		"alert_sends_blocked_total", "Calls of Send that had to wait for the manager's lock.",
		"counter", nil, JobLedger,
	},

	{
		"alerts_fired_total", "Alerts that fired at their source and are meant for an Alertmanager. Each is one alert from " +
			`when it fires until it resolves, however many copies are sent; to="any": meant for at least one.`,
		"counter", []string{"to"}, JobLedger,
	},
	{"alerts_firing", "Alerts that fire at their source.", "gauge", []string{"to"}, JobLedger},
	{
		"alerts_uncovered", "Alerts that fire at their source and that the Alertmanager does not know as firing; " +
			`to="any": that no Alertmanager knows.`,
		"gauge", []string{"to"}, JobLedger,
	},
	{
		"alert_uncovered_seconds_total", "Time for which alerts fired and were not known, over all alerts.",
		"counter", []string{"to"}, JobLedger,
	},
	{
		"alerts_missed_total", "Alerts that ended and were never known while they fired.",
		"counter", []string{"to"}, JobLedger,
	},
	{
		"alerts_falsely_resolved_total", "Alerts that were resolved for a millisecond or longer while they fired.",
		"counter", []string{"to"}, JobLedger,
	},
	{
		"alert_false_resolves_total", "How often alerts were resolved for a millisecond or longer while they fired.",
		"counter", []string{"to"}, JobLedger,
	},
	{
		"alert_first_delivery_seconds", "Time from when an alert fires until it is first known. Alerts that are not known " +
			"yet are left out.",
		"summary", []string{"to"}, JobLedger,
	},
	{
		"alert_first_delivery_max_seconds", "The longest time in alert_first_delivery_seconds.",
		"gauge", []string{"to"}, JobLedger,
	},
}

// Metrics returns the metrics of the virtual scrapes in a release: up, and those of the Alertmanagers, of the ledger
// and of the notifier.
func Metrics(rel *core.Release) []Metric {
	list := slices.Clone(everyRelease)
	for _, d := range rel.Descs() {
		m := Metric{Name: d.Name, Help: d.Help, Type: d.Type.String(), Job: JobPrometheus}
		if d.Of != nil {
			m.Labels = []string{"alertmanager"}
		}
		list = append(list, m)
	}
	return list
}
