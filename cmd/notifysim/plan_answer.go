package main

import (
	"bytes"
	"os"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/sim/plan"
)

// answerFlags are the flags of an answer.
type answerFlags struct {
	output  string
	html    string
	workers int
}

func (f *answerFlags) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.output, "output", "text", "text for people, or json")
	cmd.Flags().StringVar(&f.html, "html", "",
		"also write the answer to this file, as an HTML page with plots that loads nothing")
	cmd.Flags().IntVar(&f.workers, "workers", 0,
		"how many runs at a time (default: one for each processor); the answer does not depend on it")
}

// write answers a plan and shows the answer.
func (f *answerFlags) write(cmd *cobra.Command, study *plan.Study, records []plan.Record) error {
	answer, err := study.Answer(records, f.workers, false)
	if err != nil {
		return internalErrorf("notifysim: internal error: %w", err)
	}
	if f.html != "" {
		var page bytes.Buffer
		if err := answer.WriteHTML(&page); err != nil {
			return internalErrorf("notifysim: internal error: %w", err)
		}
		if err := os.WriteFile(f.html, page.Bytes(), 0o644); err != nil {
			return internalErrorf("notifysim: writing the page: %w", err)
		}
	}
	if f.output == "json" {
		return answer.WriteJSON(cmd.OutOrStdout())
	}
	return answer.WriteText(cmd.OutOrStdout())
}
