package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/cmd/notifysim/internal/report"
	"github.com/notifysim/notifysim/sim"
)

// liveFlags are the flags of notifysim test for the engine live.
type liveFlags struct {
	tolerance, maxDuration time.Duration
	alertmanagers          []string
}

func (l *liveFlags) flags(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.DurationVar(&l.tolerance, "tolerance", sim.DefaultTolerance,
		"engine live: how much earlier or later than its time an expectation may hold")
	flags.DurationVar(&l.maxDuration, "max-duration", sim.DefaultMaxDuration,
		"engine live: the longest time that a run may take")
	flags.StringArrayVar(&l.alertmanagers, "alertmanager", nil,
		"engine live: use a real Alertmanager for an address of the scenario, such as "+
			"am-a:9093=http://127.0.0.1:9093; may be repeated")
}

// options returns the options of the engine live. Without --engine live its flags are errors. The caller must call stop
// after the runs.
func (l *liveFlags) options(cmd *cobra.Command, runs []report.Run) (o sim.LiveOptions, stop func(), err error) {
	stop = func() {}
	if len(runs) == 0 || runs[0].Engine != sim.EngineLive {
		for _, name := range []string{"tolerance", "max-duration", "alertmanager"} {
			if cmd.Flags().Changed(name) {
				return o, stop, fmt.Errorf("--%s needs --engine live", name)
			}
		}
		return o, stop, nil
	}
	if l.tolerance <= 0 || l.maxDuration <= 0 {
		return o, stop, errors.New("--tolerance and --max-duration must be above 0, such as 200ms and 10m")
	}
	o.Tolerance, o.MaxDuration = l.tolerance, l.maxDuration
	if o.Alertmanagers, err = l.real(); err != nil {
		return o, stop, err
	}
	for address := range o.Alertmanagers {
		for _, r := range runs {
			if !slices.Contains(r.Test.Addresses, address) {
				return o, stop, usageErrorf("--alertmanager %s: %s, %q has no Alertmanager with this address; write one of %s",
					address, r.File.Path, r.Test.Name, strings.Join(r.Test.Addresses, ", "))
			}
		}
	}
	ctx, cancel := interruptible(cmd)
	o.Stop = ctx.Done()
	return o, cancel, nil
}

// real parses --alertmanager. It returns the host:port of each real Alertmanager, by the address that it has in the
// scenario.
func (l *liveFlags) real() (map[string]string, error) {
	at := map[string]string{}
	for _, text := range l.alertmanagers {
		address, where, ok := strings.Cut(text, "=")
		u, err := url.Parse(where)
		if !ok || err != nil || address == "" || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
			return nil, fmt.Errorf("--alertmanager %q: write the address in the scenario and the URL of the real Alertmanager, "+
				"such as am-a:9093=http://127.0.0.1:9093", text)
		}
		if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
			return nil, fmt.Errorf("--alertmanager %q: write only host and port; "+
				"path_prefix and credentials come from the configuration", text)
		}
		port := u.Port()
		if port == "" {
			port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
		}
		at[address] = net.JoinHostPort(u.Hostname(), port)
	}
	return at, nil
}
