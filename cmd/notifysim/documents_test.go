package main

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// documents returns the absolute paths of the README and of the pages in docs.
func documents(t *testing.T) []string {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	list := []string{filepath.Join(root, "README.md")}
	require.NoError(t, filepath.WalkDir(filepath.Join(root, "docs"), func(path string, _ fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".md" {
			list = append(list, path)
		}
		return err
	}))
	return list
}

// block matches a code block. Its groups are the text behind the opening backquotes and the lines of the block.
var block = regexp.MustCompile("(?ms)^```([^\n]*)\n(.*?)^```$")

// Each page is processed in an empty folder, from its first code block to its last:
//
//   - A block "yaml file=NAME", or one of another language, is written to the file NAME. The text before it names the
//     file.
//   - The commands of a block "console" are run. The page must show their output.
//   - Commands in blocks "sh" and in the text are not run, but they and their flags must exist.
//   - Blocks "yaml" must be valid YAML. Blocks "text", "go" and "diff" are not checked.
func TestDocuments(t *testing.T) {
	pages, commands := documents(t), 0
	for _, path := range pages {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		name, err := filepath.Rel(filepath.Dir(pages[0]), path)
		require.NoError(t, err)
		commands += strings.Count(string(text), "\n$ notifysim ")
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			got := runPage(t, string(text))
			checkCommandLines(t, string(text))
			if *update {
				require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
			} else if diff := cmp.Diff(string(text), got); diff != "" {
				t.Errorf("%s says (-), the command (+):\n%s", name, diff)
			}
		})
	}
	require.Greater(t, commands, 25)
}

// runPage writes the files of a page and runs its commands. It returns the page with the outputs of the commands.
func runPage(t *testing.T, page string) string {
	var b strings.Builder
	last := 0
	for _, at := range block.FindAllStringSubmatchIndex(page, -1) {
		kind, body := page[at[2]:at[3]], page[at[4]:at[5]]
		_, name, isFile := strings.Cut(kind, " file=")
		switch {
		case isFile:
			require.True(t, strings.Contains(page[:at[0]], "`"+name+"`"), "the text before the file %s does not name it", name)
			writeFile(t, name, body)
		case kind == "console":
			body = session(t, body)
		case kind == "yaml":
			checkYAML(t, body)
		case kind == "text" || kind == "diff" || kind == "go":
			require.NotRegexp(t, `(?m)^\$ `, body, "a block with commands is a console block")
		default:
			require.Equal(t, "sh", kind, "no test checks a block of this kind")
		}
		b.WriteString(page[last:at[4]] + body)
		last = at[5]
	}
	return b.String() + page[last:]
}

// writeFile writes a file of a page. It first checks the syntax of files whose extension it knows.
func writeFile(t *testing.T, name, text string) {
	switch filepath.Ext(name) {
	case ".go":
		_, err := parser.ParseFile(token.NewFileSet(), name, text, 0)
		require.NoError(t, err)
	case ".yml", ".yaml":
		checkYAML(t, text)
	}
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
	require.NoError(t, os.WriteFile(name, []byte(text), 0o644))
}

func checkYAML(t *testing.T, text string) {
	var document yaml.Node
	require.NoError(t, yaml.Unmarshal([]byte(text), &document), text)
}

// head matches a command line that ends in | head -n N, which shows only the first N lines of the output.
var head = regexp.MustCompile(`^(.*) \| head -n ([0-9]+)$`)

// session runs the commands of a console block, and returns the block with their outputs.
func session(t *testing.T, body string) string {
	var b strings.Builder
	last := 0
	for line := range strings.Lines(body) {
		prompt, ok := strings.CutPrefix(strings.TrimSpace(line), "$ ")
		if !ok {
			continue
		}
		b.WriteString(line)
		if prompt == "echo $?" {
			fmt.Fprintln(&b, last)
			continue
		}
		lines := -1
		if m := head.FindStringSubmatch(prompt); m != nil {
			var err error
			prompt = m[1]
			lines, err = strconv.Atoi(m[2])
			require.NoError(t, err)
		}
		args := words(t, prompt)
		require.Equal(t, "notifysim", args[0], "no test runs this command")
		res := command(args[1:]...)
		require.NotEqual(t, exitInternal, res.code, res.err)
		out := strings.SplitAfter(res.out, "\n")
		if lines >= 0 && lines < len(out) {
			out = out[:lines]
		}
		b.WriteString(strings.Join(out, "") + res.err)
		last = res.code
		if lines >= 0 {
			last = 0 // a pipeline ends with the exit code of head
		}
	}
	return b.String()
}

// words splits a command line as a shell does. Of a shell's quoting it supports single quotes and \'.
func words(t *testing.T, line string) []string {
	var args []string
	word := regexp.MustCompile(`^((?:[^\s'"\\$|<>&;*?]|'[^']*'|\\')+)\s*`)
	for line != "" {
		m := word.FindStringSubmatch(line)
		require.NotNil(t, m, "not a plain command line: %s", line)
		arg := strings.ReplaceAll(m[1], `'\''`, "\x00")
		args = append(args, strings.ReplaceAll(strings.ReplaceAll(arg, "'", ""), "\x00", "'"))
		line = line[len(m[0]):]
	}
	return args
}

var (
	// commandLine matches a notifysim command in a code block, in a workflow, or between backquotes in the text.
	commandLine = regexp.MustCompile("(?m)(?:^ *(?:- run: |run: )?|`)notifysim ([a-z]+)([^\n`]*(?:\\\\\n[^\n`]*)*)")
	// otherCommand matches the operator between two commands on a line, such as | or &&.
	otherCommand = regexp.MustCompile(` [|&]+ `)
	// longFlag matches a flag such as --output in a command line.
	longFlag = regexp.MustCompile(`(?:^|\s)--([a-z][a-z0-9.-]*)`)
)

// checkCommandLines checks that the commands of a page exist, with their flags.
func checkCommandLines(t *testing.T, page string) {
	for _, m := range commandLine.FindAllStringSubmatch(page, -1) {
		root := rootCommand(&runner{})
		root.InitDefaultCompletionCmd()
		cmd, _, err := root.Find([]string{m[1]})
		require.NoError(t, err, "%s", m[0])
		line := otherCommand.Split(m[2], 2)[0]
		for _, flag := range longFlag.FindAllStringSubmatch(line, -1) {
			known := cmd.Flags().Lookup(flag[1]) != nil || flag[1] == "help"
			require.True(t, known, "notifysim %s has no flag --%s: %s", m[1], flag[1], m[0])
		}
	}
}

// The README names the module path and the make targets that exist.
func TestREADMEInstall(t *testing.T) {
	text, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	module, err := exec.Command("go", "list", "-m").Output()
	require.NoError(t, err)
	install := "go install " + string(bytes.TrimSpace(module)) + "/cmd/notifysim@latest\n"
	for _, m := range block.FindAllStringSubmatch(string(text), -1) {
		if m[1] == "sh" {
			require.Equal(t, install, m[2])
		}
	}
	require.Contains(t, string(text), "Test: `make test`")
	makefile, err := os.ReadFile("../../Makefile")
	require.NoError(t, err)
	require.Contains(t, string(makefile), "\ntest:\n\tgo vet ./...\n\tgo test ./...\n")
	require.Contains(t, string(makefile), "\nrun:\n")
	require.Contains(t, string(makefile), "$(FILES)")
}
