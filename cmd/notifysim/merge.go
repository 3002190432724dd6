package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/sim/plan"
)

// A report is how an answer is shown.
type report struct {
	output  string
	html    string
	workers int
}

func (r *report) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&r.output, "output", "text", "text for people, or json")
	cmd.Flags().StringVar(&r.html, "html", "", "write the answer to this file too, as a page with plots that asks for nothing else")
	cmd.Flags().IntVar(&r.workers, "workers", 0, "how many runs at a time (default: one for each processor); the answer is the same with any")
}

// write answers and shows it.
func (r *report) write(cmd *cobra.Command, study *plan.Study, records []plan.Record) error {
	answer, err := study.Answer(records, r.workers, false)
	if err != nil {
		return codedError{exitHarness, fmt.Errorf("notifysim: a fault of its own: %w", err)}
	}
	if r.html != "" {
		var page bytes.Buffer
		if err := answer.WriteHTML(&page); err != nil {
			return codedError{exitHarness, fmt.Errorf("notifysim: a fault of its own: %w", err)}
		}
		if err := os.WriteFile(r.html, page.Bytes(), 0o644); err != nil {
			return codedError{exitHarness, fmt.Errorf("notifysim: writing the page: %w", err)}
		}
	}
	if r.output == "json" {
		return answer.WriteJSON(cmd.OutOrStdout())
	}
	return answer.WriteText(cmd.OutOrStdout())
}

func mergeCommand() *cobra.Command {
	var rep report
	cmd := &cobra.Command{
		Use:   "merge FILES",
		Short: "Answer a plan from the files of its shards",
		Long: `Put the shards of a plan together, which notifysim plan --shard i/n --out FILE wrote, on any machines and in any order,
and answer. The answer is the same, byte for byte, for any number of shards.

Shards that are missing, there twice, cut off, changed, of another plan or of another version are refused.`,
		Example: `  notifysim plan --shard 1/2 --out 1.shard outage.yml
  notifysim plan --shard 2/2 --out 2.shard outage.yml
  notifysim merge 1.shard 2.shard`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkOutput(rep.output); err != nil {
				return err
			}
			var files []*plan.ShardFile
			var errs []error
			for _, path := range args {
				f, err := plan.ReadShard(path)
				if err != nil {
					errs = append(errs, err)
				}
				files = append(files, f)
			}
			if len(errs) > 0 {
				return codedError{exitUsage, errors.Join(errs...)}
			}
			study, records, err := plan.Merge(files)
			if err != nil {
				return codedError{exitUsage, err}
			}
			return rep.write(cmd, study, records)
		},
	}
	rep.flags(cmd)
	return cmd
}
