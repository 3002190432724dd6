package gate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// A workspace is the temporary directory of a session, in which the base commit is checked out.
type workspace struct {
	repo string // the top of the working tree
	tmp  string
	tree string // the worktree of the base commit
}

// git runs git in dir. It removes the environment variables that make git use another repository, as git hooks do.
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

// checkOut checks out the commit base in a worktree outside dir. It refuses a working tree with uncommitted changes
// unless allowDirty.
func checkOut(ctx context.Context, dir, base string, allowDirty bool) (ws *workspace, old, new *side, err error) {
	top, err := git(ctx, dir, "rev-parse", "--show-toplevel")
	if err != nil {
		return nil, nil, nil, fmt.Errorf("the gate needs a git repository: %w", err)
	}
	prefix, err := git(ctx, dir, "rev-parse", "--show-prefix")
	if err != nil {
		return nil, nil, nil, err
	}
	commit, err := git(ctx, dir, "rev-parse", "--verify", "--quiet", "--end-of-options", base+"^{commit}")
	if err != nil {
		return nil, nil, nil, fmt.Errorf("base %s: no such commit (in a shallow clone, fetch it first)", base)
	}
	name, err := treeName(ctx, top, allowDirty)
	if err != nil {
		return nil, nil, nil, err
	}
	ws = &workspace{repo: top}
	if ws.tmp, err = os.MkdirTemp("", "notifysim-gate-"); err != nil {
		return nil, nil, nil, err
	}
	ws.tree = filepath.Join(ws.tmp, "base")
	_, err = git(ctx, top, "-c", "core.hooksPath=/dev/null", "worktree", "add", "--detach", ws.tree, commit)
	if err != nil {
		ws.remove(ctx)
		return nil, nil, nil, fmt.Errorf("base %s: %w", base, err)
	}
	old = &side{name: fmt.Sprintf("base %s (%.10s)", base, commit), dir: filepath.Join(ws.tree, prefix)}
	new = &side{name: name, dir: filepath.Join(top, prefix)}
	return ws, old, new, nil
}

// treeName returns the name of the working tree. If the tree has uncommitted changes and allowDirty is false, it
// returns an error.
func treeName(ctx context.Context, top string, allowDirty bool) (string, error) {
	head, err := git(ctx, top, "rev-parse", "--verify", "HEAD")
	if err != nil {
		return "", err
	}
	status, err := git(ctx, top, "status", "--porcelain")
	if err != nil {
		return "", err
	}
	if status == "" {
		return fmt.Sprintf("working tree (%.10s)", head), nil
	}
	changes := strings.Count(status, "\n") + 1
	if !allowDirty {
		return "", fmt.Errorf("the working tree is dirty, so the result would belong to no commit; commit it or use "+
			"--allow-dirty. %d uncommitted changes:\n%s", changes, firstLines(status, 5))
	}
	return fmt.Sprintf("working tree (%.10s with %d uncommitted changes)", head, changes), nil
}

// remove removes the worktree and the temporary directory, even if ctx has ended.
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
