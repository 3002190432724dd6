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
		Long: `List the metrics of the virtual scrapes: those of the notifier, with the names and labels of the release, of
the Alertmanagers and of the ledger. All of them also have the labels job and instance.

The second table lists the quantities that thresholds can use. They are not metrics, but values of the ledger at the
end of a run.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			rel := core.Newest()
			if release != "" {
				var err error
				if rel, err = core.ParseRelease(release); err != nil {
					return err
				}
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "%s\n\n%s\n", metricsTable(rel).Render(), quantitiesTable().Render())
			return err
		},
	}
	cmd.Flags().StringVar(&release, "release", "", "the release of Prometheus (default: the newest)")
	return cmd
}

// quantitiesTable lists the quantities of thresholds.
func quantitiesTable() table.Writer {
	t := report.NewTable()
	t.AppendHeader(table.Row{"quantity", "unit", "labels", "aggregates", "what it is"})
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 5, WidthMax: 60, WidthMaxEnforcer: text.WrapSoft}})
	for _, q := range scenarios.Quantities() {
		t.AppendRow(table.Row{q.Name, q.Unit, strings.Join(q.Labels, ", "), strings.Join(q.Aggregates, " "), q.Help})
	}
	return t
}

func metricsTable(rel *core.Release) table.Writer {
	t := report.NewTable()
	t.AppendHeader(table.Row{"job", "metric in " + rel.Name, "type", "labels", "what it is"})
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 5, WidthMax: 60, WidthMaxEnforcer: text.WrapSoft}})
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
