package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

// completeSelection adds shell completion for the flags of a selection and for its file arguments, of which the command
// takes at most maxFiles. Releases, engines, the names of the tests in the files given so far, scenario files and the
// names of the library are completed.
func completeSelection(cmd *cobra.Command, maxFiles int) {
	cmd.RegisterFlagCompletionFunc("release", completeReleases)
	var engines []string
	for _, e := range sim.Engines() {
		engines = append(engines, string(e))
	}
	cmd.RegisterFlagCompletionFunc("engine", completeWords(engines...))
	cmd.RegisterFlagCompletionFunc("run", func(_ *cobra.Command, files []string, _ string) (
		[]string, cobra.ShellCompDirective,
	) {
		return testNames(files), cobra.ShellCompDirectiveNoFileComp
	})
	cmd.RegisterFlagCompletionFunc("seeds", cobra.NoFileCompletions)
	cmd.ValidArgsFunction = func(_ *cobra.Command, files []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(files) >= maxFiles {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var names []string
		for _, name := range scenarios.Library() {
			if strings.HasPrefix(name, word) && !slices.Contains(files, name) {
				names = append(names, name)
			}
		}
		if len(names) == 0 {
			return []string{"yml", "yaml"}, cobra.ShellCompDirectiveFilterFileExt
		}
		return names, cobra.ShellCompDirectiveDefault
	}
}

// completeWords completes a flag that has one of the given values.
func completeWords(words ...string) cobra.CompletionFunc {
	return cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
}

// completeReleases completes the last release of a comma-separated list; the newest release comes first.
func completeReleases(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
	given, last := "", word
	if i := strings.LastIndexByte(word, ','); i >= 0 {
		given, last = word[:i+1], word[i+1:]
	}
	var words []string
	for _, line := range slices.Backward(append(core.ReleaseLines(), core.Newest().Name)) {
		if strings.HasPrefix(line, last) && !slices.Contains(strings.Split(given, ","), line) {
			words = append(words, given+line)
		}
	}
	const directive = cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	return words, directive | cobra.ShellCompDirectiveKeepOrder
}

// testNames returns the names of the tests in files, escaped for use as regular expressions. Without files it returns
// those of the library. It skips files with errors.
func testNames(files []string) []string {
	var names []string
	read := scenarios.Load
	if len(files) == 0 {
		files, read = scenarios.Library(), scenarios.LoadEmbedded
	}
	for _, path := range files {
		f, err := read(path)
		if err != nil {
			if f, err = scenarios.LoadEmbedded(path); err != nil {
				continue
			}
		}
		for _, t := range f.Tests {
			if name := regexp.QuoteMeta(t.Name); !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}
