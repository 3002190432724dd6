package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/cmd/notifysim/internal/report"
	"github.com/notifysim/notifysim/internal/scrape"
	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// seriesFlags are the flags that export the series of a run: the samples of its virtual scrapes.
type seriesFlags struct {
	tsdb, openMetrics string
	text              *output // the output that openMetrics names, nil for none
}

func (e *seriesFlags) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&e.tsdb, "tsdb", "",
		"write the series of the run to this folder, as a TSDB block; the run starts in 1970, or at start_timestamp")
	cmd.Flags().StringVar(&e.openMetrics, "openmetrics", "",
		"write the series of the run to this file, as OpenMetrics; - is the standard output")
}

// open opens the output that --openmetrics names.
func (e *seriesFlags) open(to *outputs) (err error) {
	e.text, err = to.open("--openmetrics", e.openMetrics)
	return err
}

func (e *seriesFlags) wanted() bool { return e.tsdb != "" || e.openMetrics != "" }

// check returns an error if series are to be exported but there is not exactly one run.
func (e *seriesFlags) check(runs []report.Run) error {
	if !e.wanted() || len(runs) == 1 {
		return nil
	}
	var names []string
	for _, r := range runs[:min(3, len(runs))] {
		names = append(names, fmt.Sprintf("--run %s --release %s", text.ShellQuote(r.Test.Name), r.Release.Name))
	}
	return fmt.Errorf("--tsdb and --openmetrics are for one run, but there are %d; write %s",
		len(runs), strings.Join(names, ", or "))
}

// write exports the series of a run as the flags say.
func (e *seriesFlags) write(rel *core.Release, res *sim.Result) error {
	if e.tsdb != "" {
		if _, err := res.Series.WriteBlock(e.tsdb); err != nil {
			return internalErrorf("--tsdb %s: %w", e.tsdb, err)
		}
	}
	if e.text == nil {
		return nil
	}
	var families []scrape.Family
	for _, m := range scenarios.Metrics(rel) {
		families = append(families, scrape.Family{Name: m.Name, Type: m.Type, Help: m.Help})
	}
	return e.text.write(func(w io.Writer) error { return res.Series.WriteOpenMetrics(w, families...) })
}
