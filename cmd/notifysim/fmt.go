package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/scenarios"
)

func fmtCommand() *cobra.Command {
	var check bool
	cmd := &cobra.Command{
		Use:   "fmt FILES",
		Short: "Format scenario files: indentation, blank lines, alignment of comments",
		Long: `Format scenario files in place, and name those that changed. Words, their order, quotes, braces and comments
stay as they are. "-" formats the standard input to the standard output.

Exit codes: 0 done, or with --check nothing to do; 1 with --check, a file is not formatted; 2 a file is not YAML.`,
		Example: `  notifysim fmt *.yml
  notifysim fmt --check outage.yml`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("fmt takes files, such as notifysim fmt outage.yml")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			var errs []error
			changed := false
			for _, path := range args {
				c, err := formatFile(cmd, path, check)
				changed = changed || c
				if err != nil {
					errs = append(errs, err)
				}
			}
			if len(errs) > 0 {
				return codedError{exitUsage, errors.Join(errs...)}
			}
			if check && changed {
				return errFailed
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&check, "check", false,
		"change nothing; name the files that are not formatted, and exit with 1 if there are any")
	return cmd
}

// formatFile formats one file and reports whether that changes it.
func formatFile(cmd *cobra.Command, path string, check bool) (bool, error) {
	if path == "-" {
		text, err := io.ReadAll(io.LimitReader(cmd.InOrStdin(), scenarios.MaxFileSize+1))
		if err != nil {
			return false, err
		}
		out, err := scenarios.Format("standard input", text)
		if err == nil && !check {
			_, err = cmd.OutOrStdout().Write(out)
		}
		return !bytes.Equal(text, out), err
	}
	text, err := scenarios.ReadFile(path)
	if err != nil {
		return false, err
	}
	out, err := scenarios.Format(path, text)
	if err != nil || bytes.Equal(text, out) {
		return false, err
	}
	fmt.Fprintln(cmd.OutOrStdout(), path)
	if check {
		return true, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return true, err
	}
	return true, replaceFile(path, out, info.Mode().Perm())
}

// replaceFile writes a file completely or not at all.
func replaceFile(path string, text []byte, mode os.FileMode) error {
	next := path + ".notifysim-fmt"
	if err := os.WriteFile(next, text, mode); err != nil {
		return err
	}
	if err := os.Rename(next, path); err != nil {
		os.Remove(next)
		return err
	}
	return nil
}
