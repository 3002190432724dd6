package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// A compositeAction has the content of action.yml: those keys of GitHub's metadata syntax that this action uses.
type compositeAction struct {
	Name, Description, Author string
	Branding                  struct{ Icon, Color string }
	Inputs                    map[string]struct{ Description, Default string }
	Outputs                   map[string]struct{ Description, Value string }
	Runs                      struct {
		Using string
		Steps []actionStep
	}
}

type actionStep struct {
	ID, Name, If, Uses, Shell, Run string
	With, Env                      map[string]string
}

var expression = regexp.MustCompile(`\$\{\{\s*(.*?)\s*\}\}`)

// readAction reads action.yml. A key that compositeAction does not have fails the test.
func readAction(t *testing.T) *compositeAction {
	t.Helper()
	file, err := os.Open("../../action.yml")
	require.NoError(t, err)
	defer file.Close()
	decoder := yaml.NewDecoder(file)
	decoder.KnownFields(true)
	var a compositeAction
	require.NoError(t, decoder.Decode(&a))
	return &a
}

// The inputs and steps to which action.yml refers exist, and its steps have the keys that GitHub requires. No
// command contains an expression of the workflow, since text from a pull request would then be run as code.
func TestAction(t *testing.T) {
	a := readAction(t)
	require.Equal(t, "composite", a.Runs.Using)
	var texts []string
	ids := map[string]bool{}
	for _, s := range a.Runs.Steps {
		ids[s.ID] = true
		if s.Uses == "" {
			require.Equal(t, "bash", s.Shell, s.Name)
			require.NotContains(t, s.Run, "${{", s.Name)
		} else {
			require.Regexp(t, `^actions/[a-z-]+@v\d+$`, s.Uses)
		}
		texts = append(texts, s.If)
		for _, values := range []map[string]string{s.With, s.Env} {
			for _, v := range values {
				texts = append(texts, v)
			}
		}
	}
	for name, output := range a.Outputs {
		require.NotEmpty(t, output.Description, name)
		require.Regexp(t, expression, output.Value, name)
		texts = append(texts, output.Value)
	}
	all := strings.Join(texts, "\n")
	for _, m := range regexp.MustCompile(`\binputs\.([\w-]+)`).FindAllStringSubmatch(all, -1) {
		require.Contains(t, a.Inputs, m[1], "there is no such input")
	}
	for name, input := range a.Inputs {
		require.Contains(t, all, "inputs."+name, "no step reads the input")
		require.NotEmpty(t, input.Description, name)
	}
	for _, m := range regexp.MustCompile(`\bsteps\.([\w-]+)\.outputs`).FindAllStringSubmatch(all, -1) {
		require.True(t, ids[m[1]], "there is no step %s", m[1])
	}
}

// The pre-commit hooks run commands of notifysim that exist.
func TestPreCommitHooks(t *testing.T) {
	text, err := os.ReadFile("../../.pre-commit-hooks.yaml")
	require.NoError(t, err)
	var hooks []struct{ ID, Name, Language, Entry, Files string }
	require.NoError(t, yaml.Unmarshal(text, &hooks))
	require.Len(t, hooks, 2)
	for _, h := range hooks {
		require.Equal(t, "golang", h.Language)
		args := strings.Fields(h.Entry)
		require.Equal(t, "notifysim", args[0])
		_, rest, err := rootCommand(&runner{}).Find(args[1:])
		require.NoError(t, err)
		require.Empty(t, rest)
		require.Regexp(t, h.Files, "monitoring/scenarios/outage.yml")
		require.NotRegexp(t, h.Files, "monitoring/prometheus.yml")
	}
}
