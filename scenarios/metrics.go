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

// A Metric describes a metric that virtual scrapes have, in one release.
type Metric struct {
	Name, Help string
	// Type is counter, gauge, histogram or summary.
	Type string
	// Labels are those that it has beside job and instance. A histogram has le too, on its buckets.
	Labels []string
	Job    string // "" for every one
}

// Series returns the names of the series that a metric has, each with its labels.
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

// A MetricID is a metric of the virtual scrapes that every release has, that is, all but the notifier's own. Its
// description says under which name and labels samples of it are made.
type MetricID uint8

// The metrics of every scrape, of Alertmanagers, and of the ledger.
const (
	MetricUp MetricID = iota

	MetricAlertmanagerAlerts
	MetricAlertmanagerReceived
	MetricAlertmanagerInvalid

	MetricOffered
	MetricDelivered
	MetricLost
	MetricDropped
	MetricQueued
	MetricInFlight
	MetricRequests
	MetricDelivery
	MetricSends
	MetricSendsBlocked
)

// Metric returns the description of a metric. Its Labels are shared, and must not be changed.
func (id MetricID) Metric() Metric { return everyRelease[id] }

// everyRelease has the metrics of every release. An Alertmanager can always be scraped: its faults are those of its API
// for alerts.
var everyRelease = [...]Metric{
	MetricUp: {Name: "up", Type: "gauge", Help: "1 if the scrape succeeded, 0 if it failed."},

	MetricAlertmanagerAlerts: {
		Name: "alertmanager_alerts", Type: "gauge", Labels: []string{"state"}, Job: JobAlertmanager,
		Help: "How many alerts by state.",
	},
	MetricAlertmanagerReceived: {
		Name: "alertmanager_alerts_received_total", Type: "counter", Labels: []string{"status", "version"},
		Job: JobAlertmanager, Help: "The total number of received alerts.",
	},
	MetricAlertmanagerInvalid: {
		Name: "alertmanager_alerts_invalid_total", Type: "counter", Labels: []string{"version"},
		Job: JobAlertmanager, Help: "The total number of received alerts that were invalid.",
	},

	MetricOffered: {
		Name: "alerts_offered_total", Type: "counter", Job: JobLedger,
		Help: "Alerts that Send was called with and that its relabelling kept.",
	},
	MetricDelivered: {
		Name: "alerts_delivered_total", Type: "counter", Labels: []string{"to"}, Job: JobLedger,
		Help: `Alerts that the Alertmanager at an address took; to="any" counts each once.`,
	},
	MetricLost: {
		Name: "alerts_lost_total", Type: "counter", Labels: []string{"reason"}, Job: JobLedger,
		Help: "Alerts that no Alertmanager accepted or will accept, by the reason for which the last copy was lost; " +
			"no_alertmanager if there was no copy. Counted when no copy of any alert of the same Send is left.",
	},
	MetricDropped: {
		Name: "alerts_dropped_total", Type: "counter", Labels: []string{"alertmanager", "reason"}, Job: JobLedger,
		Help: "Alerts that an Alertmanager did not get, by reason.",
	},
	MetricQueued: {
		Name: "alerts_queued", Type: "gauge", Labels: []string{"alertmanager"}, Job: JobLedger,
		Help: "Alerts that wait for an Alertmanager.",
	},
	MetricInFlight: {
		Name: "alerts_in_flight", Type: "gauge", Labels: []string{"alertmanager"}, Job: JobLedger,
		Help: "Alerts in requests that have not ended.",
	},
	MetricRequests: {
		Name: "alert_requests_total", Type: "counter", Labels: []string{"to"}, Job: JobLedger,
		Help: "Requests sent to an Alertmanager.",
	},
	MetricDelivery: {
		Name: "alert_delivery_seconds", Type: "histogram", Labels: []string{"to"}, Job: JobLedger,
		Help: `Time from the call of Send to the answer of an Alertmanager that took the alert; to="any": of the first.`,
	},
	MetricSends: {
		Name: "alert_sends_total", Type: "counter", Job: JobLedger, Help: "Calls of Send.",
	},
	MetricSendsBlocked: {
		Name: "alert_sends_blocked_total", Type: "counter", Job: JobLedger,
		Help: "Calls of Send that had to wait for the manager's lock.",
	},
}

// Metrics returns the metrics that virtual scrapes have in a release: up, the Alertmanagers', the ledger's, the
// notifier's.
func Metrics(rel *core.Release) []Metric {
	list := slices.Clone(everyRelease[:])
	for _, d := range rel.Descs() {
		m := Metric{Name: d.Name, Help: d.Help, Type: d.Type.String(), Job: JobPrometheus}
		if d.Of != nil {
			m.Labels = []string{"alertmanager"}
		}
		list = append(list, m)
	}
	return list
}
