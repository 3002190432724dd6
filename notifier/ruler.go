package notifier

import (
	"context"

	"github.com/prometheus/prometheus/rules"
	"github.com/prometheus/prometheus/util/strutil"
)

// A Sender is sent alerts, as a Manager is.
type Sender interface {
	Send(alerts ...*Alert)
}

// SendAlerts returns the function by which rules send alerts through s, converted as Prometheus does
// (rules/manager.go at v3.15.0, SendAlerts; cmd/prometheus/main.go at v2.5.0, sendAlerts). An alert starts when
// it fired, and ends when it resolved or else when it is no longer valid. Its URL shows expr as a table. An
// evaluation without alerts sends nothing.
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
