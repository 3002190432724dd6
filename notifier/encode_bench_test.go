package notifier

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/go-openapi/strfmt"
	"github.com/prometheus/alertmanager/api/v2/models"
	"github.com/prometheus/prometheus/model/labels"
	prom "github.com/prometheus/prometheus/notifier"
)

// promAlert returns the same alert as a notifier.Alert of Prometheus. Its JSON tags are those of v2.5.0.
func promAlert(a *Alert) *prom.Alert {
	return &prom.Alert{
		Labels: a.Labels, Annotations: a.Annotations,
		StartsAt: a.StartsAt, EndsAt: a.EndsAt, GeneratorURL: a.GeneratorURL,
	}
}

// promBody returns the body that Prometheus' notifier makes: for v1 that of v2.5.0, for v2 that of v3.16.0.
func promBody(e Encoding, alerts []*Alert) ([]byte, error) {
	if e == EncodingV1 {
		v1 := []*prom.Alert{}
		for _, a := range alerts {
			v1 = append(v1, promAlert(a))
		}
		return json.Marshal(v1)
	}
	v2 := models.PostableAlerts{}
	for _, a := range alerts {
		v2 = append(v2, &models.PostableAlert{
			Annotations: a.Annotations.Map(),
			StartsAt:    strfmt.DateTime(a.StartsAt),
			EndsAt:      strfmt.DateTime(a.EndsAt),
			Alert:       models.Alert{GeneratorURL: strfmt.URI(a.GeneratorURL), Labels: a.Labels.Map()},
		})
	}
	return json.Marshal(v2)
}

// manyAlerts returns n alerts of one rule, with 5 labels and 2 annotations each.
func manyAlerts(n int) []*Alert {
	at := time.Date(2026, 11, 22, 11, 27, 15, 426_000_000, time.UTC)
	alerts := make([]*Alert, n)
	for i := range alerts {
		instance := fmt.Sprintf("node-%04d.example.org:9100", i)
		alerts[i] = &Alert{
			Labels: labels.FromStrings(
				"alertname", "InstanceDown", "cluster", "eu1", "instance", instance, "job", "node", "severity", "page",
			),
			Annotations: labels.FromStrings(
				"summary", "Instance "+instance+" has been down for more than 5 minutes.",
				"runbook_url", "https://runbooks.example.org/InstanceDown",
			),
			StartsAt:     at,
			EndsAt:       at.Add(4 * time.Minute),
			GeneratorURL: "http://prometheus.example.org:9090/graph?g0.expr=up+%3D%3D+0&g0.tab=1",
		}
	}
	return alerts
}

// BenchmarkEncode encodes a send of 256 alerts (one batch of v3.4 and later). The target of 150 ns per alert applies to
// it. With alerts=unlike no two alerts have a time or URL in common, and each has characters to escape.
func BenchmarkEncode(b *testing.B) {
	unlike := manyAlerts(256)
	for i, a := range unlike {
		a.Annotations = labels.FromStrings(
			"summary", "Auslastung über 90 % \"seit\" 5 Minuten\nsiehe <handbuch>",
			"runbook_url", "https://x.org/?a=1&b=2",
		)
		a.StartsAt = a.StartsAt.Add(time.Duration(i) * time.Second)
		a.EndsAt = a.EndsAt.Add(time.Duration(i) * time.Millisecond)
		a.GeneratorURL += fmt.Sprint(i)
	}
	sends := []struct {
		name   string
		alerts []*Alert
	}{{"alike", manyAlerts(256)}, {"unlike", unlike}}
	for _, e := range encodings {
		for _, send := range sends {
			run := func(notifier string, encode func() error) {
				b.Run(fmt.Sprintf("api=%s/alerts=%s/notifier=%s", e, send.name, notifier), func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						if err := encode(); err != nil {
							b.Fatal(err)
						}
					}
					b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(len(send.alerts)), "ns/alert")
				})
			}
			var x Encoded
			run("ours", func() error { return x.Encode(e, send.alerts) })
			run("real", func() error { _, err := promBody(e, send.alerts); return err })
		}
	}
}
