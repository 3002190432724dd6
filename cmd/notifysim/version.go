package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/notifier/core"
)

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Show the version, and the releases of Prometheus that notifysim knows",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			version, prometheus := "(unknown)", "(unknown)"
			if info, ok := debug.ReadBuildInfo(); ok {
				version = info.Main.Version
				for _, m := range info.Deps {
					if m.Path == "github.com/prometheus/prometheus" {
						prometheus = m.Version
					}
				}
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "notifysim %s (%s, prometheus module %s)\nreleases %s to %s\n",
				version, runtime.Version(), prometheus, core.ReleaseLines()[0], core.Newest().Name)
			return err
		},
	}
}
