package sim_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/internal/text"
	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
	"github.com/notifysim/notifysim/sim/compare"
	"github.com/notifysim/notifysim/sim/ledger"
	"github.com/notifysim/notifysim/sim/summary"
)

// A question is one of the twelve questions in scenarios/README.md, with the tests that answer it.
type question struct {
	title   string // as in the index, with its number: "1. Which …?"
	answers []*answer
}

// An answer is the outcome of a test of the library under a release.
type answer struct {
	file      *scenarios.File
	test      *scenarios.Test
	rel       *core.Release
	res       *sim.Result
	confirmed string // the release of the real notifier that gave the same answer
}

// questions returns the questions in the index of the library. For each it runs the tests that answer it on the model,
// under each of their releases.
func questions(t *testing.T) (list []*question) {
	t.Helper()
	index, err := os.ReadFile("../scenarios/README.md")
	require.NoError(t, err)
	titles := regexp.MustCompile(`(?m)^\d+\. \*\*.*?\*\*`).FindAllIndex(index, -1)
	require.Len(t, titles, 12)
	for i, at := range titles {
		end := len(index)
		if i+1 < len(titles) {
			end = titles[i+1][0]
		}
		q := &question{title: strings.ReplaceAll(string(index[at[0]:at[1]]), "**", "")}
		list = append(list, q)
		for _, m := range regexp.MustCompile(`\]\(([^)]+\.yml)\)`).FindAllSubmatch(index[at[1]:end], -1) {
			file, err := scenarios.LoadEmbedded(string(m[1]))
			require.NoError(t, err)
			for _, test := range file.Tests {
				for _, rel := range file.Releases {
					if !test.For(rel) {
						continue
					}
					res, err := sim.Run(file, test, rel, test.Seeds.From, sim.Options{})
					require.NoError(t, err)
					require.True(t, res.Pass, "%s, %s, %s: %v", file.Path, test.Name, rel.Name, res.Failures)
					q.answers = append(q.answers, &answer{file: file, test: test, rel: rel, res: res})
				}
			}
		}
	}
	return list
}

// old reports whether all Alertmanagers share a queue in the release of the answer.
func (a *answer) old() bool { return a.rel.Queues == core.Shared }

// results/questions.md contains exactly the answers of the model. Each question has at least one answer for a release
// with a shared queue and one for a release with a queue for each Alertmanager, both confirmed by a real notifier.
func TestQuestions(t *testing.T) {
	list := questions(t)
	committed, err := os.ReadFile("../results/questions.md")
	require.NoError(t, err)
	kept := confirmations(string(committed))
	for _, q := range list {
		has := map[bool]bool{}
		for _, a := range q.answers {
			a.confirmed = kept[a.key()]
			if a.confirmed != "" && a.confirmed != unconfirmed {
				has[a.old()] = true
			}
		}
		require.True(t, has[true], "%q: no answer was confirmed by a real notifier with a shared queue", q.title)
		require.True(t, has[false], "%q: no answer was confirmed by a real notifier without a shared queue", q.title)
	}
	require.Empty(t, cmp.Diff(string(questionsReport(list)), string(committed)), "run make questions")
}

// The real notifiers give the same answers. QUESTIONS_REPORT is the file that the answers are written to; `make
// questions` runs this test.
func TestQuestionsToRealNotifiers(t *testing.T) {
	report := os.Getenv("QUESTIONS_REPORT")
	if report == "" {
		t.Skip("no other release's notifier was compiled; set QUESTIONS_REPORT to a file")
	}
	t.Cleanup(children.Close)
	list := questions(t)
	for _, q := range list {
		for _, a := range q.answers {
			a.confirm(t)
		}
	}
	require.NoError(t, os.WriteFile(report, questionsReport(list), 0o644))
}

// unconfirmed is what the report says if no real notifier can confirm an answer.
const unconfirmed = "none"

// standIns are the releases whose real notifiers may confirm an answer if that of its own release cannot run. The first
// one that gives the same answer does.
var standIns = []string{"v2.37", "v2.53", "v3.9"}

// confirm runs the test on the real notifier of the release, or else on one of standIns.
func (a *answer) confirm(t *testing.T) {
	t.Helper()
	a.confirmed = unconfirmed
	rels := []string{a.rel.Name}
	if sim.EnginePrometheus.Runs(a.rel) != nil {
		rels = standIns
	}
	for _, name := range rels {
		rel, err := core.ParseRelease(name)
		require.NoError(t, err)
		_, real, err := compare.Observe(sim.EnginePrometheus, a.file, a.test, rel, a.res.Seed,
			sim.Options{Children: children})
		if err != nil {
			require.ErrorIs(t, err, sim.ErrUnobservable, "%s, %s on %s", a.file.Path, a.test.Name, name)
			continue
		}
		_, model, err := compare.Observe(sim.EngineModel, a.file, a.test, rel, a.res.Seed, sim.Options{Orders: real.Orders})
		require.NoError(t, err)
		require.Nil(t, compare.Differ(model, real), "%s, %s on %s", a.file.Path, a.test.Name, name)
		if cmp.Equal(a.res.Ledger, real.Ledger) {
			a.confirmed = name
			return
		}
	}
}

// key identifies the answer among all answers.
func (a *answer) key() string {
	return fmt.Sprintf("%s|%s|%s", a.file.Path, a.test.Name, a.rel.Name)
}

// row returns the answer as a row of the Markdown table.
func (a *answer) row() string {
	l := a.res.Ledger
	any := a.res.Delivery[ledger.Any]
	delay := "-"
	if any != nil && any.Count() > 0 {
		delay = text.Duration(any.Quantile(0.5)) + ", " + text.Duration(any.Quantile(0.99)) + ", " + text.Duration(any.Max())
	}
	return fmt.Sprintf("| [%s](../scenarios/%[1]s) | %s | %s | %d | %d | %d | %s | %s | %s |\n", a.file.Path,
		a.test.Name, a.rel.Name,
		l.Offered, l.Delivered, l.Lost, delay, strings.ReplaceAll(a.said(), "|", `\|`), a.confirmed)
}

// said returns the summary of the run, and for each rule about the alerting path whether and when it fired.
func (a *answer) said() string {
	said := []string{summary.Of(a.file, a.test, a.rel, a.res)}
	first := map[string]time.Duration{}
	var names []string
	for _, e := range a.test.AlertRules {
		if !e.For(a.rel) || slices.ContainsFunc(a.res.Known, func(f sim.Failure) bool { return f.Pos.Line == e.Pos.Line }) {
			continue
		}
		at, fires := first[e.Alertname]
		if !fires && !slices.Contains(names, e.Alertname) {
			names = append(names, e.Alertname)
		}
		if len(e.Alerts) > 0 && (!fires || e.EvalTime < at) {
			first[e.Alertname] = e.EvalTime
		}
	}
	for _, name := range names {
		if at, fires := first[name]; fires {
			said = append(said, fmt.Sprintf("%s fires, at %s for one.", name, text.Duration(at)))
		} else {
			said = append(said, name+" does not fire.")
		}
	}
	var known []string
	for _, f := range a.res.Known {
		if !slices.Contains(known, f.Known) {
			known = append(known, f.Known)
			said = append(said, "Known not to hold: "+f.Known+".")
		}
	}
	return strings.Join(said, " ")
}

// confirmations returns the last column of the committed report, by the key of the answer.
func confirmations(report string) map[string]string {
	kept := map[string]string{}
	for line := range strings.Lines(report) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if n := len(cells); n > 3 && strings.HasPrefix(cells[0], "| [") {
			path, _, _ := strings.Cut(strings.TrimPrefix(cells[0], "| ["), "]")
			kept[path+"|"+cells[1]+"|"+cells[2]] = strings.TrimSuffix(cells[n-1], " |")
		}
	}
	return kept
}

func questionsReport(list []*question) []byte {
	var out strings.Builder
	out.WriteString(`# Twelve questions, and what the library answers

Written by ` + "`make questions`" + `. The questions and their files are from [the library's
index](../scenarios/README.md); each test ran on the model under each of its releases. In old releases, up to
v3.9, all Alertmanagers share a queue; in new ones, since v3.10, each has its own. Numbers and sentences are
computed from the run. Delays are the p50, the p99 and the longest time from Send until the first Alertmanager
accepted the alert. The last column names the unmodified notifier of Prometheus that confirms the answer: the
same test ran on it without any difference from the model in trace, ledger, delays and metrics. The notifier of
v3.16 is part of the binary; those of other releases run in child processes. "none" means that no notifier
could confirm the answer, for example because the outcome is random (17063). Each file contains the expected
outcome and explains it.
`)
	for _, q := range list {
		fmt.Fprintf(&out, "\n## %s\n\n", q.title)
		out.WriteString("| scenario | test | release | offered | delivered | lost | delay | what happened | confirmed by " +
			"|\n|---|---|---|---:|---:|---:|---|---|---|\n")
		for _, a := range q.answers {
			out.WriteString(a.row())
		}
	}
	return []byte(out.String())
}
