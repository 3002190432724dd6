package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/prometheus/common/model"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
)

// The generated parts of the pages in docs/reference are up to date. Each part is between two comments with its name.
func TestReference(t *testing.T) {
	for page, parts := range map[string]map[string]func() string{
		"format.md":     {"fields": func() string { return formatReference(t, scenarios.Schema()) }},
		"commands.md":   {"commands": commandReference},
		"exit-codes.md": {"codes": exitCodeReference},
		"metrics.md":    {"metrics": metricsReference, "changes": metricChanges, "quantities": quantitiesReference},
	} {
		path := "../../docs/reference/" + page
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		got := string(text)
		for _, name := range slices.Sorted(maps.Keys(parts)) {
			got = replacePart(t, got, name, parts[name]())
		}
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
		} else if diff := gocmp.Diff(string(text), got); diff != "" {
			t.Errorf("%s (-want +got); go test ./cmd/notifysim -run TestReference -update writes it:\n%s", path, diff)
		}
	}
}

// replacePart replaces the text between the comments <!-- generated: NAME … --> and <!-- end of NAME -->.
func replacePart(t *testing.T, page, name, text string) string {
	between := regexp.MustCompile(`(?s)(<!-- generated: ` + name + `\b[^\n]* -->\n).*(<!-- end of ` + name + ` -->)`)
	require.Regexp(t, between, page)
	return between.ReplaceAllStringFunc(page, func(all string) string {
		m := between.FindStringSubmatch(all)
		return m[1] + "\n" + text + "\n" + m[2]
	})
}

// cell escapes a text for use in a cell of a Markdown table.
func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", `\<`).Replace(s)
}

// commandReference returns the help of all subcommands as Markdown.
func commandReference() string {
	root := rootCommand(&runner{})
	root.InitDefaultHelpFlag()
	root.InitDefaultCompletionCmd()
	var b strings.Builder
	for _, c := range root.Commands() {
		if c.Name() == "help" {
			continue
		}
		fmt.Fprintf(&b, "## notifysim %s\n\n%s.\n\n", c.Name(), c.Short)
		fmt.Fprintf(&b, "```text\n%s\n```\n\n", c.UseLine())
		if c.Long != "" && c.Name() != "completion" {
			b.WriteString(prose(c.Long) + "\n\n")
		}
		for _, sub := range c.Commands() {
			fmt.Fprintf(&b, "- `%s`: %s\n", sub.UseLine(), sub.Short)
		}
		if c.HasSubCommands() {
			b.WriteString("\n")
		}
		b.WriteString(flagTable(c))
		if c.Example != "" {
			fmt.Fprintf(&b, "```sh\n%s\n```\n\n", dedent(c.Example))
		}
	}
	return b.String()
}

// prose converts the text of a help to Markdown. An indented paragraph becomes a code block.
func prose(help string) string {
	paragraphs := strings.Split(strings.TrimSpace(help), "\n\n")
	for i, p := range paragraphs {
		if strings.HasPrefix(p, "  ") {
			paragraphs[i] = "```text\n" + dedent(p) + "\n```"
		} else {
			paragraphs[i] = strings.ReplaceAll(p, "<", `\<`)
		}
	}
	return strings.Join(paragraphs, "\n\n")
}

// dedent removes two spaces from the beginning of every line.
func dedent(s string) string {
	return strings.ReplaceAll(strings.TrimPrefix(strings.TrimRight(s, "\n"), "  "), "\n  ", "\n")
}

// flagTable returns a table of the flags of a command.
func flagTable(c *cobra.Command) string {
	var b strings.Builder
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" || f.Hidden {
			return
		}
		if b.Len() == 0 {
			b.WriteString("| flag | default | meaning |\n|---|---|---|\n")
		}
		value, usage := pflag.UnquoteUsage(f)
		if value == "strings" || value == "stringArray" {
			value = "string"
		}
		name := "--" + f.Name
		if f.Shorthand != "" {
			name = "-" + f.Shorthand + ", " + name
		}
		preset := f.DefValue
		if preset == "false" || preset == "[]" || preset == "" {
			preset = ""
		} else {
			preset = "`" + preset + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", strings.TrimSpace(name+" "+value), preset, cell(usage))
	})
	if b.Len() > 0 {
		b.WriteString("\n")
	}
	return b.String()
}

// exitCodeReference returns a table of the exit codes.
func exitCodeReference() string {
	var b strings.Builder
	b.WriteString("| code | meaning |\n|---|---|\n")
	for _, c := range exitCodes {
		fmt.Fprintf(&b, "| %d | %s |\n", c.code, c.meaning)
	}
	return b.String()
}

// metricsReference returns a table for each job with the metrics of the virtual scrapes in the newest release.
func metricsReference() string {
	var b strings.Builder
	job := "-"
	for _, m := range scenarios.Metrics(core.Newest()) {
		if m.Job != job {
			job = m.Job
			title := "job `" + job + "`"
			if job == "" {
				title = "every job"
			}
			fmt.Fprintf(&b, "\n**%s**\n\n| metric | type | labels | meaning |\n|---|---|---|---|\n", title)
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", m.Name, m.Type, code(metricLabels(m)), cell(m.Help))
	}
	return strings.TrimLeft(b.String(), "\n")
}

func metricLabels(m scenarios.Metric) []string {
	if m.Type == "histogram" {
		return append(slices.Clone(m.Labels), model.BucketLabel)
	}
	return m.Labels
}

// code formats each word as code in Markdown and joins the words by commas.
func code(words []string) string {
	if len(words) == 0 {
		return ""
	}
	return "`" + strings.Join(words, "`, `") + "`"
}

// metricChanges returns a table of the metrics of the notifier that a release added or removed, or whose labels it
// changed.
func metricChanges() string {
	var b strings.Builder
	b.WriteString("| release | metric | change |\n|---|---|---|\n")
	before := map[string]scenarios.Metric{}
	for i, line := range core.ReleaseLines() {
		rel, err := core.ParseRelease(line)
		if err != nil {
			panic(err) // cannot happen: the name comes from package core
		}
		now := map[string]scenarios.Metric{}
		for _, m := range scenarios.Metrics(rel) {
			now[m.Name] = m
		}
		for _, name := range slices.Sorted(maps.Keys(now)) {
			old, had := before[name]
			switch {
			case i == 0:
			case !had:
				fmt.Fprintf(&b, "| %s | `%s` | new |\n", line, name)
			case !slices.Equal(old.Labels, now[name].Labels):
				fmt.Fprintf(&b, "| %s | `%s` | labels: %s; before: %s |\n", line, name,
					cmp.Or(code(now[name].Labels), "none"), cmp.Or(code(old.Labels), "none"))
			}
		}
		for _, name := range slices.Sorted(maps.Keys(before)) {
			if _, has := now[name]; !has {
				fmt.Fprintf(&b, "| %s | `%s` | removed |\n", line, name)
			}
		}
		before = now
	}
	return b.String()
}

// quantitiesReference returns a table of the quantities that thresholds can use.
func quantitiesReference() string {
	var b strings.Builder
	b.WriteString("| quantity | unit | labels | aggregates | meaning |\n|---|---|---|---|---|\n")
	for _, q := range scenarios.Quantities() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", q.Name, q.Unit, code(q.Labels), code(q.Aggregates), cell(q.Help))
	}
	return b.String()
}
