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
		Short: "Lay scenario files out: indentation, blank lines, comments under each other",
		Long: `Lay scenario files out anew, in place, and name those that changed. Words, their order, quotes, braces and
comments stay. "-" is the standard input, laid out to the standard output.

Exit codes: 0 done, or with --check nothing to do; 1 with --check, a file is not laid out so; 2 a file is not YAML.`,
		Example: `  notifysim fmt *.yml
  notifysim fmt --check outage.yml`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("fmt takes files; write such as notifysim fmt outage.yml")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			var errs []error
			changed := false
			for _, path := range args {
				c, err := layOutFile(cmd, path, check)
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
		"change nothing; name the files that are not laid out so, and exit 1 if there are any")
	return cmd
}

// layOutFile lays out one file and reports whether that changes it.
func layOutFile(cmd *cobra.Command, path string, check bool) (bool, error) {
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

// replaceFile writes a file whole or not at all.
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
