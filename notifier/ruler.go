package notifier

import (
	"context"

	"github.com/prometheus/prometheus/rules"
	"github.com/prometheus/prometheus/util/strutil"
)

// A Sender accepts alerts, as a Manager does.
type Sender interface {
	Send(alerts ...*Alert)
}

// SendAlerts returns the function by which rules send their alerts to s. It converts them as Prometheus does
// (rules/manager.go at v3.16.0, SendAlerts; cmd/prometheus/main.go at v2.5.0, sendAlerts). StartsAt is when the alert
// fired. EndsAt is when it was resolved or, while it fires, when the copy ceases to be valid. GeneratorURL shows expr
// as a table. An evaluation without alerts sends nothing.
func SendAlerts(s Sender, externalURL string) rules.NotifyFunc {
	return func(_ context.Context, expr string, firing ...*rules.Alert) {
		if len(firing) == 0 {
			return
		}
		url := externalURL + strutil.TableLinkForExpression(expr)
		alerts := make([]*Alert, len(firing))
		for i, f := range firing {
			alerts[i] = &Alert{
				Labels: f.Labels, Annotations: f.Annotations,
				StartsAt: f.FiredAt, EndsAt: f.ResolvedAt, GeneratorURL: url,
			}
			if f.ResolvedAt.IsZero() {
				alerts[i].EndsAt = f.ValidUntil
			}
		}
		s.Send(alerts...)
	}
}
