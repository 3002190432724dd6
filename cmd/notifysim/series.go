package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/sim"
)

// A seriesExport writes the virtual scrapes of the one run that there is.
type seriesExport struct{ tsdb, openMetrics string }

func (e *seriesExport) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&e.tsdb, "tsdb", "", "write the series of the run into this folder, as a block that Prometheus opens; times count from 1970, or the start_timestamp of the test")
	cmd.Flags().StringVar(&e.openMetrics, "openmetrics", "", "write the series of the run to this file, as OpenMetrics")
}

func (e *seriesExport) wanted() bool { return e.tsdb != "" || e.openMetrics != "" }

// check reports an error unless the jobs are one run.
func (e *seriesExport) check(jobs []job) error {
	if !e.wanted() || len(jobs) == 1 {
		return nil
	}
	var names []string
	for _, j := range jobs[:min(3, len(jobs))] {
		names = append(names, fmt.Sprintf("--run %s --release %s", quote(j.test.Name), j.release.Name))
	}
	return fmt.Errorf("--tsdb and --openmetrics are of one run, and these are %d; write %s", len(jobs), strings.Join(names, ", or "))
}

// write writes what is wanted of a run.
func (e *seriesExport) write(res *sim.Result) error {
	if e.tsdb != "" {
		if _, err := res.Series.WriteBlock(e.tsdb); err != nil {
			return codedError{exitHarness, fmt.Errorf("--tsdb %s: %w", e.tsdb, err)}
		}
	}
	if e.openMetrics != "" {
		f, err := os.Create(e.openMetrics)
		if err != nil {
			return codedError{exitHarness, fmt.Errorf("--openmetrics: %w", err)}
		}
		err = res.Series.WriteOpenMetrics(f)
		if closing := f.Close(); err == nil {
			err = closing
		}
		if err != nil {
			return codedError{exitHarness, fmt.Errorf("--openmetrics %s: %w", e.openMetrics, err)}
		}
	}
	return nil
}
