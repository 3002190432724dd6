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
	name string // for people: "REF (COMMIT)" or "working tree"
	dir  string // the module's directory in the tree
	bins []binary
}

// A binary is the compiled test binary of one package.
type binary struct {
	path string
	dir  string // the directory of the package, in which the tests run
	side string // the name of the side

	startup time.Duration // the processor time of the process before it runs a benchmark
}

// output runs cmd and returns its standard output. Its error contains what cmd wrote to its standard error.
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

// firstLines returns the first n lines of a text.
func firstLines(text string, n int) string {
	lines := strings.SplitN(text, "\n", n+1)
	if len(lines) > n {
		lines[n] = "…"
	}
	return strings.Join(lines, "\n")
}

// build compiles the tests of every package into dir. label keeps the files of the two sides apart.
func (sd *side) build(ctx context.Context, packages []string, dir, label string) error {
	for i, pkg := range packages {
		bin := binary{path: filepath.Join(dir, fmt.Sprintf("%s-%d.test", label, i)), side: sd.name}
		cmd := exec.CommandContext(ctx, "go", "list", "-f", "{{.Dir}}", pkg)
		cmd.Dir = sd.dir
		pkgDir, err := output(cmd)
		if err != nil {
			return fmt.Errorf("%s: %s does not build:\n%w", sd.name, pkg, err)
		}
		if strings.Contains(pkgDir, "\n") {
			return fmt.Errorf("%s matches several packages; name them one by one", pkg)
		}
		bin.dir = pkgDir
		cmd = exec.CommandContext(ctx, "go", "test", "-c", "-trimpath", "-o", bin.path, pkg)
		cmd.Dir = sd.dir
		if _, err := output(cmd); err != nil {
			return fmt.Errorf("%s: %s does not build:\n%w", sd.name, pkg, err)
		}
		if _, err := os.Stat(bin.path); err != nil {
			return fmt.Errorf("%s: %s has no test files and therefore no benchmarks", sd.name, pkg)
		}
		sd.bins = append(sd.bins, bin)
	}
	return nil
}
