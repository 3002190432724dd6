package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/scenarios"
)

// stdinArg is the argument that stands for the standard input.
const stdinArg = "-"

// readStdin reads a scenario from the standard input. It reads one byte more than a scenario file may have, so that a
// longer one is noticed.
func readStdin(cmd *cobra.Command) ([]byte, error) {
	source, err := io.ReadAll(io.LimitReader(cmd.InOrStdin(), scenarios.MaxFileSize+1))
	if err != nil {
		return nil, usageErrorf("%s: %w", text.Stdin, err)
	}
	return source, nil
}

// inLibrary reports whether a path names a scenario of the library. A file with that path takes precedence.
func inLibrary(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist) && slices.Contains(scenarios.Library(), path)
}

// loadOne reads the scenario that an argument names: the standard input, a file, or a scenario of the library.
func loadOne(cmd *cobra.Command, path string) (*scenarios.File, error) {
	file, _, err := loadSources(cmd, path)
	return file, err
}

// loadSources reads a scenario as loadOne does, and also returns the texts of the scenario and of the files it names.
func loadSources(cmd *cobra.Command, path string) (*scenarios.File, scenarios.Sources, error) {
	switch {
	case path == stdinArg:
		source, err := readStdin(cmd)
		if err != nil {
			return nil, nil, err
		}
		return scenarios.ParseSources(text.Stdin, source)
	case inLibrary(path):
		return scenarios.LoadEmbeddedSources(path)
	}
	return scenarios.LoadSources(path)
}

// load reads the scenarios that paths name, or the whole library if there are no paths. It returns the errors of all
// files, not only the first. If folders is true, a path may be a folder with scenarios. If strict is true, warnings
// about a file are errors.
func load(cmd *cobra.Command, paths []string, folders, strict bool) ([]*scenarios.File, error) {
	read := func(path string) (*scenarios.File, error) { return loadOne(cmd, path) }
	if len(paths) == 0 {
		paths, read = scenarios.Library(), scenarios.LoadEmbedded
	}
	var errs []error
	if folders {
		var err error
		if paths, err = withFolders(paths, scenarios.Find); err != nil {
			errs = append(errs, err)
		}
	}
	var files []*scenarios.File
	for _, path := range paths {
		f, err := read(path)
		if err == nil && strict && len(f.Warnings()) > 0 {
			err = f.Warnings()
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		files = append(files, f)
	}
	if len(errs) > 0 {
		return nil, codedError{exitUsage, errors.Join(errs...)}
	}
	return files, nil
}

// withFolders replaces each folder among paths by the files that find returns for it. If there are errors, it returns
// them together with the files that it found. Only one path may be the standard input.
func withFolders(paths []string, find func(folder string) ([]string, error)) ([]string, error) {
	var files []string
	var errs []error
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case path == stdinArg && slices.Contains(files, stdinArg):
			errs = append(errs, fmt.Errorf("%s is given twice; the standard input can be read only once", stdinArg))
		case path == stdinArg || err != nil || !info.IsDir():
			files = append(files, path)
		default:
			found, err := find(path)
			if err != nil {
				errs = append(errs, err)
			}
			files = append(files, found...)
		}
	}
	return files, errors.Join(errs...)
}
