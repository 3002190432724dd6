package gate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A side is one of the two trees that a session compares.
type side struct {
	name string // what people call it: a ref with its commit, or the working tree
	dir  string // the module's directory in the tree
	bins []binary
}

// A binary is the compiled tests of one package.
type binary struct {
	path string
	dir  string // where the tests run: the package's directory
	side string // the side's name

	startup time.Duration // of the processor, before a benchmark runs
}

// A workspace is the temporary directory of a session, with the base checked out in it.
type workspace struct {
	repo string // the top of the working tree
	tmp  string
	tree string // the worktree of the base
}

// git runs git in dir. Variables that point git to another repository, as hooks set them, are left out.
func git(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); name != "GIT_DIR" && name != "GIT_INDEX_FILE" && name != "GIT_WORK_TREE" {
			cmd.Env = append(cmd.Env, v)
		}
	}
	return output(cmd)
}

// output runs cmd and returns what it prints; an error carries what it says on standard error.
func output(cmd *exec.Cmd) (string, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Run(); err != nil {
		if text := strings.TrimSpace(stderr.String()); text != "" {
			return "", errors.New(firstLines(text, 12))
		}
		return "", err
	}
	return strings.TrimSpace(stdout.String()), nil
}

// firstLines cuts a long message.
func firstLines(text string, n int) string {
	lines := strings.SplitN(text, "\n", n+1)
	if len(lines) > n {
		lines[n] = "…"
	}
	return strings.Join(lines, "\n")
}

// prepare finds the repository around s.Dir, refuses a dirty tree and checks the base out.
func (s *Session) prepare(ctx context.Context) (ws *workspace, old, new *side, err error) {
	top, err := git(ctx, s.Dir, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, nil, nil, fmt.Errorf("the gate needs a git repository: %w", err)
	}
	prefix, err := git(ctx, s.Dir, "rev-parse", "--show-prefix")
	if err != nil {
		return nil, nil, nil, err
	}
	base, err := git(ctx, s.Dir, "rev-parse", "--verify", "--quiet", "--end-of-options", s.Base+"^{commit}")
	if err != nil {
		return nil, nil, nil, fmt.Errorf("base %s: no such commit (in a shallow clone, fetch it first)", s.Base)
	}
	head, err := git(ctx, s.Dir, "rev-parse", "--verify", "HEAD")
	if err != nil {
		return nil, nil, nil, err
	}
	name, err := s.treeName(ctx, top, head)
	if err != nil {
		return nil, nil, nil, err
	}
	ws = &workspace{repo: top}
	if ws.tmp, err = os.MkdirTemp("", "notifysim-gate-"); err != nil {
		return nil, nil, nil, err
	}
	ws.tree = filepath.Join(ws.tmp, "base")
	if _, err := git(ctx, top, "-c", "core.hooksPath=/dev/null", "worktree", "add", "--detach", ws.tree, base); err != nil {
		ws.remove(ctx)
		return nil, nil, nil, fmt.Errorf("base %s: %w", s.Base, err)
	}
	old = &side{name: fmt.Sprintf("base %s (%.10s)", s.Base, base), dir: filepath.Join(ws.tree, prefix)}
	new = &side{name: name, dir: filepath.Join(top, prefix)}
	return ws, old, new, nil
}

// treeName names the working tree, or refuses it because it is dirty.
func (s *Session) treeName(ctx context.Context, top, head string) (string, error) {
	status, err := git(ctx, top, "status", "--porcelain")
	if err != nil {
		return "", err
	}
	if status == "" {
		return fmt.Sprintf("working tree (%.10s)", head), nil
	}
	changes := strings.Count(status, "\n") + 1
	if !s.AllowDirty {
		return "", fmt.Errorf("the working tree is dirty, so the result would belong to no commit: commit, or say --allow-dirty. %d uncommitted changes:\n%s", changes, firstLines(status, 5))
	}
	return fmt.Sprintf("working tree (%.10s with %d uncommitted changes)", head, changes), nil
}

// remove takes the worktree and the temporary directory away, also after ctx has ended.
func (w *workspace) remove(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	_, removed := git(ctx, w.repo, "worktree", "remove", "--force", w.tree)
	err := os.RemoveAll(w.tmp)
	if removed != nil {
		_, pruned := git(ctx, w.repo, "worktree", "prune")
		err = errors.Join(err, pruned)
	}
	return err
}

// build compiles the tests of every package once.
func (s *Session) build(ctx context.Context, sd *side, tmp, label string) error {
	if s.Notifier {
		return s.buildNotifier(ctx, sd, tmp, label)
	}
	for i, pkg := range s.Packages {
		bin := binary{path: filepath.Join(tmp, fmt.Sprintf("%s-%d.test", label, i)), side: sd.name}
		cmd := exec.CommandContext(ctx, "go", "list", "-f", "{{.Dir}}", pkg)
		cmd.Dir = sd.dir
		dir, err := output(cmd)
		if err != nil {
			return fmt.Errorf("%s: %s does not build:\n%w", sd.name, pkg, err)
		}
		if strings.Contains(dir, "\n") {
			return fmt.Errorf("%s stands for several packages: name them one by one", pkg)
		}
		bin.dir = dir
		cmd = exec.CommandContext(ctx, "go", "test", "-c", "-trimpath", "-o", bin.path, pkg)
		cmd.Dir = sd.dir
		if _, err := output(cmd); err != nil {
			return fmt.Errorf("%s: %s does not build:\n%w", sd.name, pkg, err)
		}
		if _, err := os.Stat(bin.path); err != nil {
			return fmt.Errorf("%s: %s has no test files, so no benchmarks", sd.name, pkg)
		}
		sd.bins = append(sd.bins, bin)
	}
	return nil
}
