package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/scenarios"
)

func fmtCommand() *cobra.Command {
	var check bool
	cmd := &cobra.Command{
		Use:   "fmt FILES",
		Short: "Format scenario files: indentation, blank lines, alignment of comments",
		Long: `Format scenario files in place, and print the names of those that changed. Keys, values, their order, quotes,
braces and comments stay as they are. With "-" the command reads the standard input and writes the standard output. With
a folder it formats all scenario files in the folder and its subfolders.`,
		Example: `  notifysim fmt *.yml
  notifysim fmt .
  notifysim fmt --check outage.yml`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("fmt takes files, such as notifysim fmt outage.yml")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			paths, err := withFolders(args, scenarios.Find)
			changed, code, errs := false, exitUsage, []error{err}
			for _, path := range paths {
				c, err := formatFile(cmd, path, check)
				changed = changed || c
				errs = append(errs, err)
				if coded := (codedError{}); errors.As(err, &coded) {
					code = coded.code
				}
			}
			switch err := errors.Join(errs...); {
			case err != nil:
				return codedError{code, err}
			case check && changed:
				return errFailed
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&check, "check", false,
		"change no file; print the names of files that are not formatted, and exit with 1 if there are any")
	return cmd
}

// formatFile formats one file, or with check only compares, and reports whether formatting changes it.
func formatFile(cmd *cobra.Command, path string, check bool) (bool, error) {
	if path == stdinArg {
		before, err := readStdin(cmd)
		if err != nil {
			return false, err
		}
		after, err := scenarios.Format(text.Stdin, before)
		if err == nil && !check {
			_, err = cmd.OutOrStdout().Write(after)
		}
		return !bytes.Equal(before, after), err
	}
	before, err := scenarios.ReadFile(path)
	if err != nil {
		return false, err
	}
	after, err := scenarios.Format(path, before)
	if err != nil || bytes.Equal(before, after) {
		return false, err
	}
	fmt.Fprintln(cmd.OutOrStdout(), path)
	if check {
		return true, nil
	}
	if err := replaceFile(path, func(w io.Writer) error { _, err := w.Write(after); return err }); err != nil {
		return true, internalErrorf("notifysim fmt: %w", err)
	}
	return true, nil
}
