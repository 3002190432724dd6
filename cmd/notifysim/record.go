package main

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"time"

	"github.com/prometheus/common/model"
	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/internal/recording"
)

// recordFlags are the flags of notifysim record.
type recordFlags struct {
	server, from, to, step, file string
	timeout                      time.Duration
}

func recordCommand() *cobra.Command {
	var f recordFlags
	cmd := &cobra.Command{
		Use:   "record --prometheus URL --from TIME --to TIME",
		Short: "Fetch the alert history of a real Prometheus, for the field recording of a scenario",
		Long: `Fetch the history of ALERTS and ALERTS_FOR_STATE from a real Prometheus through its HTTP API, and write it as
OpenMetrics, for the field recording of a scenario file. A HELP line of the file has the quantiles of
prometheus_notifications_latency_seconds; use them to choose the latency of the Alertmanagers in the scenario.
Times are RFC 3339 or Unix seconds. If the server needs a password, write it in the URL.`,
		Example: `  notifysim record --prometheus http://localhost:9090 --file outage.om \
      --from 2026-11-22T08:00:00Z --to 2026-11-22T10:00:00Z`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.server, "prometheus", "", "the `URL` of the server")
	flags.StringVar(&f.from, "from", "", "the start of the recording")
	flags.StringVar(&f.to, "to", "", "the end of the recording")
	flags.StringVar(&f.step, "step", "",
		"the time between samples, from 1s to 1h (default: fetch every stored sample, which is one for each evaluation)")
	flags.StringVar(&f.file, "file", stdoutArg, "write to this file; - is the standard output")
	flags.DurationVar(&f.timeout, "timeout", 30*time.Second, "the timeout of each request")
	return cmd
}

func (f *recordFlags) run(cmd *cobra.Command) error {
	o, err := f.options()
	if err != nil {
		return err
	}
	out, err := openOutput(cmd, "--file", f.file)
	if err != nil {
		return err
	}
	ctx, stop := interruptible(cmd)
	defer stop()
	h, err := recording.Fetch(ctx, f.server, o)
	switch {
	case ctx.Err() != nil:
		return interruptedErrorf("notifysim record: interrupted; nothing was written")
	case err != nil:
		return usageErrorf("notifysim record: %w", err)
	case len(h.Series) == 0:
		return usageErrorf("notifysim record: the server has no ALERTS in this time; " +
			"choose a time in which its rules fired")
	}
	return out.write(h.WriteOpenMetrics)
}

// options checks the flags and returns the options for the recording.
func (f *recordFlags) options() (recording.Options, error) {
	o := recording.Options{Timeout: f.timeout}
	var err error
	if u, err := url.Parse(f.server); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return o, errors.New("--prometheus is not a URL; write one such as http://localhost:9090")
	}
	if o.From, err = recordTime("--from", f.from); err != nil {
		return o, err
	}
	if o.To, err = recordTime("--to", f.to); err != nil {
		return o, err
	}
	if f.step != "" {
		d, err := model.ParseDuration(f.step)
		if err != nil || d == 0 {
			return o, fmt.Errorf("--step %q: write a duration such as 1m", f.step)
		}
		o.Step = time.Duration(d)
	}
	return o, o.Validate()
}

// recordTime parses a time in RFC 3339 or in Unix seconds, from 1970 on.
func recordTime(flag, text string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil && t.Unix() >= 0 {
		return t, nil
	}
	if x, err := strconv.ParseFloat(text, 64); err == nil && x >= 0 && x < 1e10 {
		return time.UnixMilli(int64(math.Round(x * 1000))), nil
	}
	return time.Time{}, fmt.Errorf("%s %q: not a time; write RFC 3339 or Unix seconds, such as 2026-11-22T08:00:00Z",
		flag, text)
}
