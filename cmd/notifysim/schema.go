package main

import (
	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/scenarios"
)

func schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of scenario files, for editors",
		Long: `Print the JSON Schema of scenario files. An editor with the YAML language server completes and checks a
file whose first line is

  # yaml-language-server: $schema=scenario.schema.json

The $id of the schema is the address of the newest one, which may stand there too.`,
		Example: `  notifysim schema > scenario.schema.json`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := cmd.OutOrStdout().Write(scenarios.Schema())
			return err
		},
	}
}
