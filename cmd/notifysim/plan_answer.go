package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/notifysim/notifysim/cmd/notifysim/internal/report"
	"github.com/notifysim/notifysim/sim/plan"
)

// answerFlags are the flags that say how to show the answer of a plan: those that plan and merge share.
type answerFlags struct {
	output         string
	html           string
	failIfTooSmall bool
	workers        int

	page *output // the file that html names, nil for none
}

func (f *answerFlags) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.output, "output", "text", "text for people, or json")
	cmd.RegisterFlagCompletionFunc("output", completeWords("text", "json"))
	cmd.Flags().StringVar(&f.html, "html", "",
		"also write the answer to this file, as an HTML page with plots that loads no other files")
	cmd.Flags().BoolVar(&f.failIfTooSmall, "fail-if-too-small", false,
		"exit with 1 if the advice is to change a setting because the current one is worse, such as a capacity that is "+
			"too small")
	cmd.Flags().IntVar(&f.workers, "workers", 0,
		"how many runs to make at a time (default: one for each processor); the answer does not depend on it")
}

// open opens the file that --html names.
func (f *answerFlags) open(to *outputs) (err error) {
	f.page, err = to.open("--html", f.html)
	return err
}

// write computes the answer from the records and writes it to out, and to the HTML page if there is one.
func (f *answerFlags) write(out, errs io.Writer, study *plan.Study, records []plan.Record) error {
	progress := report.NewProgress(errs, 0, false)
	study.Progress = progress.Reached
	answer, err := study.Answer(records, f.workers, false)
	progress.Clear()
	if err != nil {
		return internalErrorf("notifysim: internal error: %w", err)
	}
	answer.Width = report.TerminalWidth(out)
	if f.page != nil {
		if err := f.page.write(answer.WriteHTML); err != nil {
			return err
		}
	}
	show := answer.WriteText
	if f.output == "json" {
		show = answer.WriteJSON
	}
	if err := show(out); err != nil {
		return internalErrorf("notifysim: %w", err)
	}
	if !f.failIfTooSmall {
		return nil
	}
	err = nil
	for _, p := range answer.Plans {
		if p.IsToChange() {
			fmt.Fprintf(errs, "%s, batches of %d: %s\n", p.Release, p.BatchSize, strings.Join(p.Advice.Text, " "))
			err = errFailed
		}
	}
	return err
}
