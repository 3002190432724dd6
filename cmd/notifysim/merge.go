package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/sim/plan"
)

func mergeCommand() *cobra.Command {
	var answer answerFlags
	cmd := &cobra.Command{
		Use:   "merge FILES",
		Short: "Answer a plan from the files of its shards",
		Long: `Merge the shards of a plan, which notifysim plan --shard i/n --out FILE wrote on any machines and in any order,
and answer it. The answer is the same, byte for byte, for any number of shards.

merge refuses shards that are missing, duplicate, incomplete, changed, of another plan or of another version.`,
		Example: `  notifysim plan --shard 1/2 --out 1.shard outage.yml
  notifysim plan --shard 2/2 --out 2.shard outage.yml
  notifysim merge 1.shard 2.shard`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkOutput(answer.output); err != nil {
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
			return answer.write(cmd, study, records)
		},
	}
	answer.flags(cmd)
	return cmd
}
