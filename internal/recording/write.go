package recording

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"

	"github.com/notifysim/notifysim/internal/scrape"
)

// WriteOpenMetrics writes the history as OpenMetrics, the format in which scenarios read a recording. OpenMetrics has
// no comments, so the time range and the latency of notifications are written to the HELP of their metrics.
func (h *History) WriteOpenMetrics(w io.Writer) error {
	out := bufio.NewWriter(w)
	out.WriteString(scrape.OpenMetricsHelp("ALERTS", fmt.Sprintf("Alerts from %s to %s.", rfc3339(h.From), rfc3339(h.To))))
	var quantiles []string
	for _, l := range h.Latency {
		quantiles = append(quantiles, fmt.Sprintf("%s %s: %gs", l.Alertmanager, l.Quantile, l.Seconds))
	}
	if len(quantiles) > 0 {
		out.WriteString(scrape.OpenMetricsHelp("prometheus_notifications_latency_seconds",
			"The largest quantiles of the time: "+strings.Join(quantiles, ", ")+"."))
	}
	for _, s := range h.Series {
		b := labels.NewScratchBuilder(len(s.Metric))
		for name, v := range s.Metric {
			if name != model.MetricNameLabel {
				b.Add(string(name), string(v))
			}
		}
		b.Sort()
		text := string(s.Metric[model.MetricNameLabel]) + scrape.OpenMetricsLabels(b.Labels())
		for _, p := range s.Samples {
			value := labels.FormatOpenMetricsFloat(float64(p.Value))
			fmt.Fprintf(out, "%s %s %d.%03d\n", text, value, p.Timestamp/1000, p.Timestamp%1000)
		}
	}
	out.WriteString("# EOF\n")
	return out.Flush()
}
