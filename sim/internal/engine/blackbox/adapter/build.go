package adapter

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// ErrNoToolchain is the error on a machine that has no go command, or one that is too old.
var ErrNoToolchain = errors.New("the notifiers of other releases are compiled on this machine, " +
	"which needs Go 1.26 or newer: install it from https://go.dev/dl and put go in PATH, " +
	"or use the engine model, which needs no compiler")

// A Builder compiles programs. The zero value is ready for use.
type Builder struct {
	// Cache is the folder in which programs are kept; if "", it is the folder notifysim in the user's cache directory.
	Cache string
	// Progress, if not nil, gets a line when a program is compiled, which takes a minute or two.
	Progress io.Writer
}

// A Program is a compiled program that runs the notifier of one release.
type Program struct {
	Path string
	Took time.Duration // the time to compile it; 0 if it was in the cache
}

// Build returns the program for a pin. It compiles the program unless it is in the cache.
func (b *Builder) Build(ctx context.Context, p Pin) (*Program, error) {
	mod, sum, err := p.files()
	if err != nil {
		return nil, err
	}
	tool, err := findTool(ctx)
	if err != nil {
		return nil, err
	}
	cache, err := b.cache()
	if err != nil {
		return nil, err
	}
	prog := &Program{Path: filepath.Join(cache, p.Module+"-"+tool.key(mod, sum)[:16]+exe)}
	if _, err := os.Stat(prog.Path); err == nil {
		return prog, nil
	}
	b.progressf("notifysim: compiling the notifier of Prometheus %s (module %s); "+
		"this is done once and takes a minute or two\n", p.Release, p.Module)
	prepare := func(string) error { return nil }
	if p.Reduced() {
		prepare = func(dir string) error { return tool.writeReduced(ctx, dir, p) }
	}
	if prog.Took, err = tool.compile(ctx, prog.Path, mod, sum, p.Module, prepare); err != nil {
		return nil, fmt.Errorf("compiling the notifier of Prometheus %s (module %s): %w", p.Release, p.Module, err)
	}
	b.progressf("notifysim: compiled in %v\n", prog.Took.Round(time.Second))
	return prog, nil
}

// BuildFork compiles the program for a checkout of Prometheus in a folder. It always compiles, which the Go build cache
// makes fast if little has changed.
func (b *Builder) BuildFork(ctx context.Context, folder string) (*Program, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	sum, err := os.ReadFile(filepath.Join(folder, "go.sum"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	tool, err := findTool(ctx)
	if err != nil {
		return nil, err
	}
	if module, err := tool.output(ctx, folder, "list", "-m"); err != nil || module != prometheusModule {
		return nil, fmt.Errorf("%s is no checkout of Prometheus: it is no folder with the go.mod of module %s", folder,
			prometheusModule)
	}
	cache, err := b.cache()
	if err != nil {
		return nil, err
	}
	mod := fmt.Sprintf("module notifysim.child\n\ngo 1.26\n\nrequire %[1]s v0.0.0\n\nreplace %[1]s => %[2]s\n",
		prometheusModule, strconv.Quote(folder))
	place := sha256.Sum256([]byte(folder))
	prog := &Program{Path: filepath.Join(cache, "fork-"+hex.EncodeToString(place[:8])+exe)}
	b.progressf("notifysim: compiling the notifier in %s\n", folder)
	tidy := func(dir string) error { return tool.run(ctx, dir, "mod", "tidy") }
	if prog.Took, err = tool.compile(ctx, prog.Path, []byte(mod), sum, "replaced", tidy); err != nil {
		return nil, fmt.Errorf("compiling the notifier in %s: %w", folder, err)
	}
	b.progressf("notifysim: compiled in %v\n", prog.Took.Round(time.Second))
	return prog, nil
}

const prometheusModule = "github.com/prometheus/prometheus"

// compile compiles the child's source against the given module graph into the file to. It calls prepare with the folder
// of the sources before. The program reports that it has the notifier of the given version.
func (t *tool) compile(
	ctx context.Context, to string, mod, sum []byte, version string, prepare func(dir string) error,
) (time.Duration, error) {
	start := time.Now()
	dir, err := os.MkdirTemp(filepath.Dir(to), "build-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	if err := unpack(dir, mod, sum); err != nil {
		return 0, err
	}
	if err := prepare(dir); err != nil {
		return 0, err
	}
	made := filepath.Join(dir, "program"+exe)
	args := []string{"build", "-trimpath", "-ldflags=-s -w -X main.version=" + version, "-o", made}
	if len(sum) == 0 {
		args = append(args, "-mod=mod") // find the modules and their checksums
	}
	if err := t.run(ctx, dir, append(args, ".")...); err != nil {
		return 0, err
	}
	err = os.Rename(made, to) // a concurrent reader sees the whole file or none
	return time.Since(start), err
}

// exe is the extension of executable files.
var exe = map[string]string{"windows": ".exe"}[runtime.GOOS]

func (b *Builder) progressf(format string, args ...any) {
	if b.Progress != nil {
		fmt.Fprintf(b.Progress, format, args...)
	}
}

// cache returns the folder in which programs are kept.
func (b *Builder) cache() (string, error) {
	dir := b.Cache
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("there is no place for compiled notifiers: %w; set XDG_CACHE_HOME", err)
		}
		dir = filepath.Join(user, "notifysim")
	}
	dir = filepath.Join(dir, "notifiers")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("there is no place for compiled notifiers: %w", err)
	}
	return dir, nil
}

// unpack writes a module with the child's source into dir.
func unpack(dir string, mod, sum []byte) error {
	write := func(name string, text []byte) error {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		return os.WriteFile(name, text, 0o644)
	}
	err := errors.Join(write("go.mod", mod), write("go.sum", sum))
	each(func(name string, text []byte) {
		if path.Dir(name) == "child" {
			name = path.Base(name)
			text = withoutIgnore(text)
		}
		err = errors.Join(err, write(name, text))
	})
	return err
}

// withoutIgnore returns a source without the build constraint that keeps it out of this module.
func withoutIgnore(text []byte) []byte {
	return bytes.Replace(text, []byte("//go:build ignore\n"), nil, 1)
}

// each calls f with the files of the child's source, in a fixed order.
func each(f func(name string, text []byte)) {
	for _, dir := range []string{"child", "protocol"} {
		files, err := fs.Glob(source, dir+"/*.go")
		if err != nil {
			panic(err)
		}
		for _, name := range files {
			text, err := source.ReadFile(name)
			if err != nil {
				panic(err)
			}
			f(name, text)
		}
	}
}

// A tool is the go command.
type tool struct{ path, version string }

func findTool(ctx context.Context) (*tool, error) {
	at, err := exec.LookPath("go")
	if err != nil {
		return nil, ErrNoToolchain
	}
	t := &tool{path: at}
	if t.version, err = t.output(ctx, os.TempDir(), "env", "GOVERSION"); err != nil {
		return nil, fmt.Errorf("go env: %w; %w", err, ErrNoToolchain)
	}
	return t, nil
}

// output runs the go command and returns what it writes to its standard output.
func (t *tool) output(ctx context.Context, dir string, args ...string) (string, error) {
	out, err := t.command(ctx, dir, args...).Output()
	return strings.TrimSpace(string(out)), err
}

// key returns a hash of everything that a program depends on.
func (t *tool) key(mod, sum []byte) string {
	h := sha256.New()
	put := func(b []byte) { fmt.Fprintf(h, "%d\n%s", len(b), b) }
	put([]byte(t.version + " " + runtime.GOOS + " " + runtime.GOARCH))
	put(mod)
	put(sum)
	for _, name := range []string{"standin/discoveryconfig.go", "standin/v2.5.mod"} {
		text, err := source.ReadFile(name)
		if err != nil {
			panic(err)
		}
		put(text)
	}
	each(func(name string, text []byte) { put([]byte(name)); put(text) })
	return hex.EncodeToString(h.Sum(nil))
}

func (t *tool) command(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, t.path, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH,
		"CGO_ENABLED=0")
	return cmd
}

// run runs the go command. If the command fails, the error contains its output and advice.
func (t *tool) run(ctx context.Context, dir string, args ...string) error {
	var out bytes.Buffer
	cmd := t.command(ctx, dir, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("go %s: %w\n%s%s", args[0], err, lastLines(out.String(), 12), advice(out.String()))
}

// advice returns what the user can do about a failure of the go command, or "".
func advice(output string) string {
	for _, a := range []struct{ sign, do string }{
		{"checksum mismatch",
			"the checksum of a module differs from the one in this binary, so do not use the module; check GOPROXY"},
		{"module lookup disabled",
			"GOPROXY=off forbids downloads: unset it, or compile once where modules can be downloaded"},
		{"dial tcp", noNetwork}, {"no such host", noNetwork}, {"i/o timeout", noNetwork}, {"connection refused", noNetwork},
		{"proxyconnect", noNetwork}, {"TLS handshake", noNetwork},
		{"unknown revision", "the release does not exist as a module"},
		{"404 Not Found", "the release does not exist as a module, or the module proxy lacks it"},
		{"no space left", "make room in the cache directory (go clean -modcache -cache, XDG_CACHE_HOME)"},
		{"requires go >=", ErrNoToolchain.Error()},
	} {
		if strings.Contains(output, a.sign) {
			return "\n" + a.do
		}
	}
	return ""
}

const noNetwork = "the modules of that release are downloaded once, and the module proxy cannot be reached: go " +
	"online, or set GOPROXY to one that can be"

func lastLines(s string, n int) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
