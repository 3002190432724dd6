//go:build e2e && linux

package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const actionScenario = `config_file: ../prometheus.yml
tests:
  - name: all arrive
    timeline: [{at: 0s, send: {alerts: 'a[1-8]'}}]
    ledger_test: [{eval_time: 1m, exp_lost: LOST}]
`

const actionConfig = `alerting: {alertmanagers: [{static_configs: [{targets: ['am-a:9093']}]}]}
`

// fakeGH replaces the program gh. It saves its arguments and the body of a comment to files, prints the existing
// comments from GH_COMMENT, and fails if GH_FAILS is set.
const fakeGH = `#!/bin/sh
printf '%s\n' "$*" >>"$GH_CALLS"
[ -z "$GH_FAILS" ] || exit 1
case $* in
*--paginate*) printf '%s' "$GH_COMMENT" ;;
*) for last; do case $last in body=@*) cp "${last#body=@}" "$GH_CALLS.body" ;; esac; done ;;
esac
`

// A pullRequest is a repository with a base commit and a change, and the environment that GitHub gives the steps of the
// action.
type pullRequest struct {
	t      *testing.T
	folder string // the shallow clone in which a workflow runs
	base   string // the base commit

	runner string // the folder RUNNER_TEMP
	env    map[string]string
}

func (p *pullRequest) git(folder string, args ...string) string {
	p.t.Helper()
	who := []string{"-C", folder, "-c", "user.name=a", "-c", "user.email=a@example.org"}
	cmd := exec.Command("git", append(who, args...)...)
	out, err := cmd.CombinedOutput()
	require.NoError(p.t, err, "git %v: %s", args, out)
	return strings.TrimSpace(string(out))
}

// newPullRequest commits two scenarios as the base, commits what change does in the folder, and makes a shallow clone
// of the result.
func newPullRequest(t *testing.T, change func(folder string)) *pullRequest {
	needs(t, "jq")
	p := &pullRequest{t: t, folder: filepath.Join(t.TempDir(), "clone"), runner: t.TempDir()}
	origin := t.TempDir()
	p.git(origin, "init", "-q", "-b", "main")
	require.NoError(t, os.Mkdir(filepath.Join(origin, "scenarios"), 0o755))
	save(t, filepath.Join(origin, "prometheus.yml"), actionConfig)
	for _, name := range []string{"a.yml", "with a space.yml"} {
		save(t, filepath.Join(origin, "scenarios", name), strings.Replace(actionScenario, "LOST", "0", 1))
	}
	p.git(origin, "add", "-A")
	p.git(origin, "commit", "-q", "-m", "base")
	p.base = p.git(origin, "rev-parse", "HEAD")
	change(origin)
	p.git(origin, "add", "-A")
	p.git(origin, "commit", "-q", "--allow-empty", "-m", "change")
	p.git(origin, "clone", "-q", "--depth=1", "file://"+origin, p.folder)

	require.NoError(t, os.Symlink(commandFolder(t), filepath.Join(p.runner, "bin")))
	tools := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(tools, "gh"), []byte(fakeGH), 0o755))
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	p.env = map[string]string{
		"PATH": tools + ":" + os.Getenv("PATH"), asCommand: "1", "RUNNER_TEMP": p.runner, "GITHUB_ACTION_PATH": root,
		"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "example/alerts",
		"GITHUB_OUTPUT": filepath.Join(p.runner, "output"), "GITHUB_STEP_SUMMARY": filepath.Join(p.runner, "summary"),
		"GH_CALLS": filepath.Join(p.runner, "calls"), "GH_COMMENT": "", "GH_FAILS": "",
	}
	return p
}

// run runs the steps of action.yml that work on a pull request. values has the values of workflow expressions, by
// expression. run returns the output of the steps and whether all succeeded.
func (p *pullRequest) run(values map[string]string) (out string, ok bool) {
	p.t.Helper()
	a := readAction(p.t)
	known := map[string]string{
		"github.event.pull_request.base.sha || github.event.before": p.base,
		"github.event.pull_request.base.sha":                        p.base,
		"github.event.pull_request.number":                          "7",
	}
	for name, input := range a.Inputs {
		known["inputs."+name] = input.Default
	}
	maps.Copy(known, values)
	for _, s := range a.Runs.Steps {
		if s.Uses != "" || strings.Contains(s.Run, "go build") {
			continue
		}
		cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", s.Run)
		cmd.Dir, cmd.Env = p.folder, os.Environ()
		for name, value := range p.env {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
		for name, value := range s.Env {
			value := expression.ReplaceAllStringFunc(value, func(all string) string {
				of := expression.FindStringSubmatch(all)[1]
				require.Contains(p.t, known, of, "step %q", s.Name)
				return known[of]
			})
			cmd.Env = append(cmd.Env, name+"="+value)
		}
		text, err := cmd.CombinedOutput()
		out += string(text)
		if err != nil {
			return out, false
		}
		for line := range strings.Lines(p.read("output")) {
			if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
				known["steps."+s.ID+".outputs."+name] = value
			}
		}
	}
	return out, true
}

// read returns the content of a file in RUNNER_TEMP, "" if there is no such file.
func (p *pullRequest) read(name string) string {
	text, _ := os.ReadFile(filepath.Join(p.runner, name))
	return string(text)
}

// If a pull request changes one scenario, only that scenario is tested. Its failures are marked, and a comment compares
// its outcome with that of the base.
func TestE2EActionOnAChangedScenario(t *testing.T) {
	p := newPullRequest(t, func(folder string) {
		save(t, filepath.Join(folder, "scenarios", "a.yml"), strings.Replace(actionScenario, "LOST", "3", 1))
	})
	out, ok := p.run(nil)
	require.False(t, ok)
	require.Contains(t, p.read("output"), "tested=1\n")
	require.Contains(t, p.read("output"), "different=1\n")
	require.Contains(t, out, "::error file=scenarios/a.yml,line=5,")
	require.NotContains(t, out, "with a space")
	require.Regexp(t, `--method POST repos/example/alerts/issues/7/comments --field body=@\S+ --silent\n$`,
		p.read("calls"))
	body := p.read("calls.body")
	require.True(t, strings.HasPrefix(body, "<!-- notifysim -->\n### notifysim: 1 scenario files, base → head\n"), body)
	require.Regexp(t, `\n\| scenarios/a\.yml: all arrive \| v3\.\d+ \| 1 \| pass → FAIL \| 8 \| 0 \|  \|\n$`, body)
	require.Contains(t, p.read("summary"), body)
	require.Contains(t, p.read("summary"), "1 run of 1 test in 1 file: 1 failed")
	require.Empty(t, p.git(p.folder, "status", "--porcelain"))
	require.Equal(t, 1, strings.Count(p.git(p.folder, "worktree", "list"), "\n")+1)
}

// If a pull request changes a configuration, all scenarios are tested. The comment of an earlier run is replaced.
func TestE2EActionOnAChangedConfiguration(t *testing.T) {
	p := newPullRequest(t, func(folder string) {
		save(t, filepath.Join(folder, "prometheus.yml"),
			strings.Replace(actionConfig, "'am-a:9093'", "'am-a:9093', 'am-b:9093'", 1))
		require.NoError(t, os.Remove(filepath.Join(folder, "scenarios", "a.yml")))
		save(t, filepath.Join(folder, "scenarios", "new.yml"), strings.Replace(actionScenario, "LOST", "0", 1))
	})
	p.env["GH_COMMENT"] = "41\n42\n"
	out, ok := p.run(nil)
	require.True(t, ok, out)
	require.Contains(t, p.read("output"), "tested=2\n")
	require.Contains(t, p.read("calls"), "--method PATCH repos/example/alerts/issues/comments/41 ")
	require.Contains(t, p.read("calls.body"), "scenarios/new.yml: all arrive")
	require.Contains(t, p.read("calls.body"), "| – → pass | – → 8 | – → 0 | new |")
	require.Regexp(t, `with a space\.yml: all arrive \| v\S+ \| 1 \| pass \| 8 \| 0 \|`, p.read("calls.body"))
}

// If no outcome differs and there is no earlier comment, no comment is written.
func TestE2EActionOnAnUnrelatedChange(t *testing.T) {
	p := newPullRequest(t, func(folder string) { save(t, filepath.Join(folder, "main.go"), "package main\n") })
	out, ok := p.run(nil)
	require.True(t, ok, out)
	require.Contains(t, p.read("output"), "tested=0\n")
	require.Contains(t, p.read("output"), "different=0\n")
	require.Contains(t, out, "The change concerns no scenario.")
	require.NotContains(t, p.read("calls"), "--method")
}

// If the token may not comment, the action prints a warning, and the comparison is only in the summary.
func TestE2EActionWithoutPermission(t *testing.T) {
	p := newPullRequest(t, func(folder string) {
		save(t, filepath.Join(folder, "scenarios", "a.yml"), strings.Replace(actionScenario, "a[1-8]", "a[1-9]", 1))
	})
	p.env["GH_FAILS"] = "1"
	out, _ := p.run(nil)
	require.Contains(t, out, "::warning::the comparison is not commented")
	require.Contains(t, p.read("summary"), "gone, or the file has errors")
}

// Without a known base, as on a new branch, all scenarios are tested, with the arguments of the action. The base is not
// interpreted by a shell.
func TestE2EActionWithoutABase(t *testing.T) {
	const none = "0000000000000000000000000000000000000000"
	p := newPullRequest(t, func(string) {})
	for _, base := range []string{"", none, "main; touch injected"} {
		for _, command := range []string{"changed", "test"} {
			cmd := exec.Command(filepath.Join(p.env["GITHUB_ACTION_PATH"], "action", "scenarios.sh"), command)
			cmd.Dir, cmd.Env = p.folder, os.Environ()
			for name, value := range p.env {
				cmd.Env = append(cmd.Env, name+"="+value)
			}
			cmd.Env = append(cmd.Env, "BASE="+base, "FILES=scenarios", "DEPENDS=*.yml", "ARGS=--release v3.9,v3.16")
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s", out)
			if command == "test" {
				require.Contains(t, string(out), "4 runs of 2 tests in 2 files: 4 passed")
			}
		}
	}
	require.NoFileExists(t, filepath.Join(p.folder, "injected"))
	require.Equal(t, 3, strings.Count(p.read("output"), "tested=2\n"), fmt.Sprint(p.read("output")))
}
