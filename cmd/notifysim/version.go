package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"sync"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/notifier/core"
)

// version is set by builds with go build -ldflags "-X main.version=v1.2.3". If it is empty, the version is that of the
// module, which go install records, or the commit, which go build records.
var version string

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Show the version, and the range of Prometheus releases that notifysim knows",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := io.WriteString(cmd.OutOrStdout(), versionText())
			return err
		},
	}
}

// versionText returns the output of notifysim version.
func versionText() string {
	prometheus := "(unknown)"
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	for _, m := range info.Deps {
		if m.Path == "github.com/prometheus/prometheus" {
			prometheus = m.Version
		}
	}
	oldest, newest := core.KnownReleases()
	return fmt.Sprintf("notifysim %s (%s, prometheus module %s)\nreleases %s to %s; the default is %s\n",
		versionOf(version, info), runtime.Version(), prometheus, oldest, newest, core.Newest().Name)
}

// versionOf returns the version of a build: given if it is not empty, else the version of the module, else the commit.
func versionOf(given string, info *debug.BuildInfo) string {
	switch commit, modified := commitOf(info); {
	case given != "":
		return given
	case info.Main.Version != "" && info.Main.Version != "(devel)":
		return info.Main.Version
	case commit == "":
		return cmp.Or(info.Main.Version, "(unknown)")
	case modified:
		return commit[:min(12, len(commit))] + "+dirty"
	default:
		return commit[:min(12, len(commit))]
	}
}

// commitOf returns the commit that was built, "" if it is not known, and whether the build had uncommitted changes.
func commitOf(info *debug.BuildInfo) (commit string, modified bool) {
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			commit = s.Value
		case "vcs.modified":
			modified = s.Value == "true"
		}
	}
	return commit, modified
}

// buildIdentity returns a string that identifies the code of this program. The shards of a plan contain it: two
// programs with the same identity compute the same runs.
var buildIdentity = sync.OnceValues(func() (string, error) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{}
	}
	return identityOf(version, info, os.Executable)
})

// identityOf returns the version and the commit of a build. It adds the hash of the program if these do not identify
// the code: if files were modified, or if the version was set by -ldflags and the commit is not known.
func identityOf(given string, info *debug.BuildInfo, program func() (string, error)) (string, error) {
	id := versionOf(given, info)
	commit, modified := commitOf(info)
	if commit != "" {
		id += " commit " + commit
	}
	released := info.Main.Version != "" && info.Main.Version != "(devel)"
	if !modified && (commit != "" || released) {
		return id, nil
	}
	path, err := program()
	if err != nil {
		return "", err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", err
	}
	if modified {
		id += " with modified files"
	}
	return id + ", program " + hex.EncodeToString(sum.Sum(nil))[:16], nil
}
