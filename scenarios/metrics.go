package scenarios

import (
	"fmt"
	"slices"

	"github.com/prometheus/common/model"

	"github.com/notifysim/notifysim/notifier/core"
)

// The jobs of the virtual scrapes, and the instances that are not addresses.
const (
	JobPrometheus   = "prometheus"
	JobAlertmanager = "alertmanager" // the instance is the Alertmanager's address
	JobLedger       = "notifysim"

	InstanceLedger = "ledger"
)

// InstancePrometheus is the instance of the i-th of n senders, from 0 on.
func InstancePrometheus(i, n int) string {
	if n == 1 {
		return "localhost:9090"
	}
	return fmt.Sprintf("prometheus-%d:9090", i+1)
}

// A Metric is one that virtual scrapes have, in one release.
type Metric struct {
	Name, Help string
	// Type is counter, gauge, histogram or summary.
	Type string
	// Labels are those that it has beside job and instance. A histogram has le too, on its buckets.
	Labels []string
	Job    string // "" for every one
}

// ledgerMetrics are what the ledger says of itself.
var ledgerMetrics = []Metric{
	{Name: "alerts_offered_total", Type: "counter", Help: "Alerts that Send was called with and that its relabelling left."},
	{Name: "alerts_delivered_total", Type: "counter", Labels: []string{"to"},
		Help: `Alerts that an Alertmanager took, to its address; to="any" counts each once.`},
	{Name: "alerts_lost_total", Type: "counter", Labels: []string{"reason"},
		Help: "Alerts that no Alertmanager took and none will, by why the last copy was lost; no_alertmanager if there was none. Counted when no copy of any alert of the same Send is left."},
	{Name: "alerts_dropped_total", Type: "counter", Labels: []string{"alertmanager", "reason"},
		Help: "Alerts that an Alertmanager did not get, by reason."},
	{Name: "alerts_queued", Type: "gauge", Labels: []string{"alertmanager"}, Help: "Alerts that wait for an Alertmanager."},
	{Name: "alerts_in_flight", Type: "gauge", Labels: []string{"alertmanager"}, Help: "Alerts in requests that have not ended."},
	{Name: "alert_requests_total", Type: "counter", Labels: []string{"to"}, Help: "Requests that an Alertmanager was sent."},
	{Name: "alert_delivery_seconds", Type: "histogram", Labels: []string{"to"},
		Help: `Time from the call of Send to the answer of an Alertmanager that took the alert; to="any": of the first.`},
	{Name: "alert_sends_total", Type: "counter", Help: "Calls of Send."},
	{Name: "alert_sends_blocked_total", Type: "counter", Help: "Calls of Send that had to wait for the manager's lock."},
}

// alertmanagerMetrics are an Alertmanager's own. Its faults are those of its API for alerts: it can always be scraped.
var alertmanagerMetrics = []Metric{
	{Name: "alertmanager_alerts", Type: "gauge", Labels: []string{"state"}, Help: "How many alerts by state."},
	{Name: "alertmanager_alerts_received_total", Type: "counter", Labels: []string{"status", "version"}, Help: "The total number of received alerts."},
	{Name: "alertmanager_alerts_invalid_total", Type: "counter", Labels: []string{"version"},
		Help: "The total number of received alerts that were invalid."},
}

// Metrics returns the metrics that virtual scrapes have in a release: up, the ledger's, the Alertmanagers', the notifier's.
func Metrics(rel *core.Release) []Metric {
	list := []Metric{{Name: "up", Type: "gauge", Help: "1 if the scrape succeeded, 0 if it failed."}}
	for _, m := range alertmanagerMetrics {
		m.Job = JobAlertmanager
		list = append(list, m)
	}
	for _, m := range ledgerMetrics {
		m.Job = JobLedger
		list = append(list, m)
	}
	for _, d := range rel.Descs() {
		m := Metric{Name: d.Name, Help: d.Help, Type: d.Type.String(), Job: JobPrometheus}
		if d.Of != nil {
			m.Labels = []string{"alertmanager"}
		}
		list = append(list, m)
	}
	return list
}

// Series returns the names of the series that a metric has, each with its labels.
func (m Metric) Series() map[string][]string {
	with := append([]string{model.MetricNameLabel, model.JobLabel, model.InstanceLabel}, m.Labels...)
	switch m.Type {
	case "histogram":
		return map[string][]string{m.Name + "_bucket": append(slices.Clone(with), model.BucketLabel), m.Name + "_sum": with, m.Name + "_count": with}
	case "summary":
		return map[string][]string{m.Name + "_sum": with, m.Name + "_count": with}
	}
	return map[string][]string{m.Name: with}
}
