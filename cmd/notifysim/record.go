package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/internal/recording"
)

func recordCommand() *cobra.Command {
	var server, from, to, step, output string
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:   "record --prometheus URL --from TIME --to TIME",
		Short: "Fetch the alerts of a real Prometheus, for a test's recording",
		Long: `Fetch the history of ALERTS and ALERTS_FOR_STATE of a real Prometheus through its HTTP API and write
it as OpenMetrics, for recording: in a scenario file. A HELP line of the file has the quantiles of
prometheus_notifications_latency_seconds, to choose the latency of the scenario's Alertmanagers by.
Times are RFC 3339 or Unix seconds. A server that asks for a password takes it in the URL.`,
		Example: "  notifysim record --prometheus http://localhost:9090 --from 2026-11-22T08:00:00Z " +
			"--to 2026-11-22T10:00:00Z --file outage.om",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o := recording.Options{Timeout: timeout}
			var err error
			if u, err := url.Parse(server); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
				return errors.New("--prometheus is no address; write such as http://localhost:9090")
			}
			if o.From, err = recordTime("--from", from); err != nil {
				return err
			}
			if o.To, err = recordTime("--to", to); err != nil {
				return err
			}
			if step != "" {
				d, err := model.ParseDuration(step)
				if err != nil || d == 0 {
					return fmt.Errorf("--step %q: write a duration such as 1m", step)
				}
				o.Step = time.Duration(d)
			}
			if err := o.Validate(); err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
			defer stop()
			h, err := recording.Fetch(ctx, server, o)
			if err != nil {
				return internalErrorf("notifysim record: %w", err)
			}
			if len(h.Series) == 0 {
				return codedError{exitFailed,
					errors.New("notifysim record: the server has no ALERTS in this time; name another, or one whose rules fired")}
			}
			if output == "" {
				return h.WriteOpenMetrics(cmd.OutOrStdout())
			}
			var text bytes.Buffer
			if err = h.WriteOpenMetrics(&text); err == nil {
				err = os.WriteFile(output, text.Bytes(), 0o644)
			}
			if err != nil {
				return internalErrorf("notifysim record: --file: %w", err)
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&server, "prometheus", "", "the `URL` of the server")
	f.StringVar(&from, "from", "", "when the recording begins")
	f.StringVar(&to, "to", "", "when it ends")
	f.StringVar(&step, "step", "",
		"ask at this step, from 1s to 1h (default: every sample as it was stored, one an evaluation)")
	f.StringVar(&output, "file", "", "write to this file (default: standard output)")
	f.DurationVar(&timeout, "timeout", 30*time.Second, "for one request")
	return cmd
}

// recordTime reads RFC 3339 or Unix seconds.
func recordTime(flag, text string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil && t.Unix() >= 0 {
		return t, nil
	}
	if x, err := strconv.ParseFloat(text, 64); err == nil && x >= 0 && x < 1e10 {
		return time.UnixMilli(int64(math.Round(x * 1000))), nil
	}
	return time.Time{}, fmt.Errorf("%s %q is no time; write such as 2026-11-22T08:00:00Z, or Unix seconds", flag, text)
}
