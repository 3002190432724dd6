package gate

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// notifierBenchmarks are compiled against a checkout of Prometheus.
//
//go:embed notifier/notifier_test.go
var notifierBenchmarks []byte

const prometheusModule = "github.com/prometheus/prometheus"

// buildNotifier compiles the benchmarks of a notifier against a checkout of Prometheus, in a module of their own, which takes
// everything else as the checkout does.
func (s *Session) buildNotifier(ctx context.Context, sd *side, tmp, label string) error {
	goCommand := func(dir string, args ...string) (string, error) {
		cmd := exec.CommandContext(ctx, "go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=") // a checkout has a go.work, with modules of its tools
		return output(cmd)
	}
	if module, err := goCommand(sd.dir, "list", "-m"); err != nil || module != prometheusModule {
		return fmt.Errorf("%s is no checkout of Prometheus: %s has no go.mod of module %s", sd.name, sd.dir, prometheusModule)
	}
	dir := filepath.Join(tmp, label)
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	mod := fmt.Sprintf("module notifysim.bench\n\ngo 1.24\n\nrequire %[1]s v0.0.0\n\nreplace %[1]s => %[2]s\n", prometheusModule, strconv.Quote(sd.dir))
	sums, err := os.ReadFile(filepath.Join(sd.dir, "go.sum"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for name, text := range map[string][]byte{"go.mod": []byte(mod), "go.sum": sums, "notifier_test.go": notifierBenchmarks} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
			return err
		}
	}
	bin := binary{path: filepath.Join(tmp, label+".test"), dir: dir, side: sd.name}
	for _, args := range [][]string{{"mod", "tidy"}, {"test", "-c", "-trimpath", "-o", bin.path, "."}} {
		if _, err := goCommand(dir, args...); err != nil {
			return fmt.Errorf("%s: the benchmarks do not build with its notifier:\n%w", sd.name, err)
		}
	}
	sd.bins = append(sd.bins, bin)
	return nil
}
