package main

import (
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/sim/plan"
)

// maxShards is the largest size of the standard input with shards, in bytes.
const maxShards = 1 << 30

func mergeCommand() *cobra.Command {
	var answer answerFlags
	cmd := &cobra.Command{
		Use:   "merge FILES",
		Short: "Combine the shards of a plan and print the answer",
		Long: `Read the shards of a plan, which notifysim plan --shard i/n --out FILE wrote on any machines and in any order,
and print the answer. It is the same, byte for byte, for any number of shards.

A folder stands for all shards in it. - reads shards from the standard input, one after the other.

It is an error if a shard is missing, duplicate, incomplete or modified, or comes from another plan or from another
build of notifysim than this one, that is, from another version or commit or from modified source files.`,
		Example: `  notifysim plan --shard 1/2 --out shards/1.shard outage.yml
  notifysim plan --shard 2/2 --out shards/2.shard outage.yml
  notifysim merge shards/`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("merge takes the files of shards or a folder with them, such as notifysim merge shards/")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkOutput(answer.output, "text", "json"); err != nil {
				return err
			}
			to := outputs{cmd: cmd}
			if err := answer.open(&to); err != nil {
				return err
			}
			files, err := readShards(cmd, args)
			if err != nil {
				return codedError{exitUsage, err}
			}
			build, err := buildIdentity()
			if err != nil {
				return internalErrorf("notifysim: %w", err)
			}
			study, records, err := plan.Merge(build, files)
			if err != nil {
				return codedError{exitUsage, err}
			}
			return answer.write(to.report(), cmd.ErrOrStderr(), study, records)
		},
	}
	answer.flags(cmd)
	return cmd
}

// readShards reads the shards that the arguments name. It returns the errors of all of them, not only the first.
func readShards(cmd *cobra.Command, args []string) ([]*plan.ShardFile, error) {
	paths, err := withFolders(args, plan.FindShards)
	errs := []error{err}
	var files []*plan.ShardFile
	for _, path := range paths {
		var read []*plan.ShardFile
		var err error
		if path == stdinArg {
			read, err = shardsOfStdin(cmd)
		} else {
			var f *plan.ShardFile
			f, err = plan.ReadShard(path)
			read = append(read, f)
		}
		errs = append(errs, err)
		files = append(files, read...)
	}
	return files, errors.Join(errs...)
}

func shardsOfStdin(cmd *cobra.Command) ([]*plan.ShardFile, error) {
	source, err := io.ReadAll(io.LimitReader(cmd.InOrStdin(), maxShards+1))
	switch {
	case err != nil:
		return nil, usageErrorf("%s: %w", text.Stdin, err)
	case len(source) > maxShards:
		return nil, usageErrorf("%s: is larger than the limit of %d GiB; name files of shards", text.Stdin, maxShards>>30)
	}
	return plan.ParseShards(text.Stdin, source)
}
