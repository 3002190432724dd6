package gate

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A fixture is a small module with benchmarks, in a git repository of its own. Its fields are regressions; the zero
// value has none.
type fixture struct {
	work    int    // rounds of hashing, which take time; 0 means 100
	wait    int    // microseconds of sleep, which take time but no processor time
	allocs  int    // the number of additional allocations
	lost    string // a Go expression for the ledger's lost alerts
	rename  bool   // rename BenchmarkSync
	sync    string // what BenchmarkSync does first
	garbage bool   // make the code fail to compile
	more    bool   // add two benchmarks with timings, of memory and of the garbage collector
}

func (s fixture) source() string {
	if s.work == 0 {
		s.work = 100
	}
	if s.lost == "" {
		s.lost = "3"
	}
	sync := "BenchmarkSync"
	if s.rename {
		sync = "BenchmarkSink"
	}
	if s.garbage {
		sync += "("
	}
	more := ""
	if s.more {
		more = moreBenchmarks
	}
	return fmt.Sprintf(`package bench

import (
	"crypto/sha256"
	"fmt"
	"math/rand"
	"os"
	"testing"
	"time"
)

var (
	sink [32]byte
	kept []byte
	_    = rand.Int
	_    = os.Exit
)

func TestMain(m *testing.M) {
	fmt.Println("Unit lost-alerts assume=exact better=lower")
	os.Exit(m.Run())
}

func BenchmarkSend(b *testing.B) {
	b.Run("small", func(b *testing.B) {
		data := make([]byte, 64)
		for range b.N {
			for range %d {
				sink = sha256.Sum256(data)
			}
			for range 7 + %d {
				kept = make([]byte, 48)
			}
			if wait := %d * time.Microsecond; wait > 0 {
				time.Sleep(wait)
			}
		}
		b.ReportMetric(float64(%s), "lost-alerts")
	})
}

func %s(b *testing.B) {
	%s
	for range b.N {
		kept = make([]byte, 16)
	}
	b.ReportMetric(0, "ns/op")
}
`+more, s.work, s.allocs, s.wait, s.lost, sync, s.sync)
}

const moreBenchmarks = `
type node struct{ left, right *node }

var root *node

func tree(n int) *node {
	if n == 0 {
		return nil
	}
	return &node{tree(n / 2), tree(n - 1 - n/2)}
}

func BenchmarkTree(b *testing.B) {
	for range b.N {
		root = tree(2000)
	}
}

var table [1 << 16]uint32

func BenchmarkWalk(b *testing.B) {
	x := uint32(1)
	for range b.N {
		for range 20000 {
			x = x*1664525 + 1013904223
			table[x>>16] += x
		}
	}
}
`

// A fixtureRepo is the directory of a fixture.
type fixtureRepo struct {
	t   testing.TB
	dir string
}

func newFixtureRepo(t testing.TB) *fixtureRepo {
	r := &fixtureRepo{t, t.TempDir()}
	r.git("init", "-q", "-b", "main")
	const mod = "module example.org/fixture\n\ngo 1.24\n"
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, "go.mod"), []byte(mod), 0o666))
	return r
}

func (r *fixtureRepo) git(args ...string) string {
	config := []string{"-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"}
	cmd := exec.Command("git", append(config, args...)...)
	cmd.Dir = r.dir
	out, err := cmd.CombinedOutput()
	require.NoError(r.t, err, string(out))
	return strings.TrimSpace(string(out))
}

func (r *fixtureRepo) write(s fixture) {
	path := filepath.Join(r.dir, "bench", "bench_test.go")
	require.NoError(r.t, os.MkdirAll(filepath.Dir(path), 0o777))
	require.NoError(r.t, os.WriteFile(path, []byte(s.source()), 0o666))
}

// commit commits a fixture and returns the name of the commit.
func (r *fixtureRepo) commit(s fixture) string {
	r.write(s)
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", "fixture")
	return r.git("rev-parse", "HEAD")
}
