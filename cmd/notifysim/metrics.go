package main

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/prometheus/common/model"
	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/cmd/notifysim/internal/report"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
)

func metricsCommand() *cobra.Command {
	var release string
	cmd := &cobra.Command{
		Use:   "metrics",
		Short: "List the metrics that promql_expr_test and rule_files can use, and the quantities of thresholds",
		Long: `List the metrics that virtual scrapes collect: those of the notifier, with the names and labels of the
release, those of the Alertmanagers and those of the ledger. All of them also have the labels job and instance.

The second table lists the quantities that thresholds can use. They are not metrics but values of the ledger at the
end of a run.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			rel := core.Newest()
			if release != "" {
				var err error
				if rel, err = core.ParseRelease(release); err != nil {
					return usageErrorf("--release: %w", err)
				}
			}
			out := cmd.OutOrStdout()
			_, err := fmt.Fprintf(out, "%s\n\n%s\n",
				report.Fit(out, func(narrower int) string { return metricsTable(rel, narrower).Render() }),
				report.Fit(out, func(narrower int) string { return quantitiesTable(narrower).Render() }))
			return err
		},
	}
	cmd.Flags().StringVar(&release, "release", "", "the release of Prometheus (default: that of notifysim version)")
	cmd.RegisterFlagCompletionFunc("release", completeReleases)
	return cmd
}

// explained configures the last column, which has the meaning of a row. Its text is wrapped to 60 characters less
// narrower, but to at least 12.
func explained(narrower int) []table.ColumnConfig {
	return []table.ColumnConfig{{Number: 5, WidthMax: max(60-narrower, 12), WidthMaxEnforcer: text.WrapSoft}}
}

// quantitiesTable lists the quantities of thresholds.
func quantitiesTable(narrower int) table.Writer {
	t := report.NewTable()
	t.AppendHeader(table.Row{"quantity", "unit", "labels", "aggregates", "meaning"})
	t.SetColumnConfigs(explained(narrower))
	for _, q := range scenarios.Quantities() {
		t.AppendRow(table.Row{q.Name, q.Unit, strings.Join(q.Labels, ", "), strings.Join(q.Aggregates, " "), q.Help})
	}
	return t
}

func metricsTable(rel *core.Release, narrower int) table.Writer {
	t := report.NewTable()
	t.AppendHeader(table.Row{"job", "metric in " + rel.Name, "type", "labels", "meaning"})
	t.SetColumnConfigs(explained(narrower))
	for _, m := range scenarios.Metrics(rel) {
		job := m.Job
		if job == "" {
			job = "(all)"
		}
		labels := m.Labels
		if m.Type == "histogram" {
			labels = append(labels[:len(labels):len(labels)], model.BucketLabel)
		}
		t.AppendRow(table.Row{job, m.Name, m.Type, strings.Join(labels, ", "), m.Help})
	}
	return t
}
