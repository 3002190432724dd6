package main

import (
	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/scenarios"
)

func schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of scenario files, for editors",
		Long: `Print the JSON Schema of scenario files. Save it as scenario.schema.json in the folder of your scenario
file. An editor with the YAML language server then completes and checks the file if its first line is

  # yaml-language-server: $schema=scenario.schema.json

Instead of the file name you can write the $id of the schema, which is the URL of its newest version.`,
		Example: `  notifysim schema > scenario.schema.json`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(scenarios.Schema())
			return err
		},
	}
}
