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

// notifierBenchmarks is the source of the benchmarks that are compiled against a checkout of Prometheus.
//
//go:embed notifier/notifier_test.go
var notifierBenchmarks []byte

const prometheusModule = "github.com/prometheus/prometheus"

// buildNotifier compiles the notifier benchmarks against the checkout of Prometheus in the side's directory. They are
// compiled in a module of their own under tmp, with the dependencies of the checkout.
func (sd *side) buildNotifier(ctx context.Context, tmp, label string) error {
	goCommand := func(dir string, args ...string) (string, error) {
		cmd := exec.CommandContext(ctx, "go", args...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=") // the go.work of a checkout names modules of its tools
		return output(cmd)
	}
	if module, err := goCommand(sd.dir, "list", "-m"); err != nil || module != prometheusModule {
		return fmt.Errorf("%s is not a checkout of Prometheus: %s has no go.mod of module %s",
			sd.name, sd.dir, prometheusModule)
	}
	dir := filepath.Join(tmp, label)
	if err := os.Mkdir(dir, 0o777); err != nil {
		return err
	}
	mod := fmt.Sprintf("module notifysim.bench\n\ngo 1.24\n\nrequire %[1]s v0.0.0\n\nreplace %[1]s => %[2]s\n",
		prometheusModule, strconv.Quote(sd.dir))
	sums, err := os.ReadFile(filepath.Join(sd.dir, "go.sum"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	files := map[string][]byte{"go.mod": []byte(mod), "go.sum": sums, "notifier_test.go": notifierBenchmarks}
	for name, text := range files {
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
