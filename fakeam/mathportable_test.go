package fakeam

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// preciseExp returns e^x to about 50 digits. Unlike exp, it sums a short series for x/2³⁰ and squares the result 30
// times.
func preciseExp(x *big.Float) *big.Float {
	const bits, halvings = 260, 30
	r := new(big.Float).SetPrec(bits).Set(x)
	r.SetMantExp(r, -halvings)
	sum := big.NewFloat(1).SetPrec(bits)
	term := big.NewFloat(1).SetPrec(bits)
	for n := int64(1); n < 20; n++ {
		term.Mul(term, r).Quo(term, new(big.Float).SetInt64(n))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return sum
}

// preciseLog improves math.Log(x) by one step of Halley's method, which triples the number of correct digits.
func preciseLog(x float64) *big.Float {
	const bits = 260
	y := big.NewFloat(math.Log(x)).SetPrec(bits)
	e := preciseExp(y)
	above := new(big.Float).SetPrec(bits).Sub(big.NewFloat(x), e)
	below := new(big.Float).SetPrec(bits).Add(big.NewFloat(x), e)
	step := above.Quo(above, below)
	return y.Add(y, step.Mul(step, big.NewFloat(2)))
}

// ulps returns the error of got in units in the last place of want.
func ulps(got float64, want *big.Float) float64 {
	nearest, _ := want.Float64()
	unit := math.Nextafter(math.Abs(nearest), math.Inf(1)) - math.Abs(nearest)
	off, _ := new(big.Float).Sub(big.NewFloat(got).SetPrec(260), want).Float64()
	return math.Abs(off) / unit
}

func TestExpIsWithinOneUlp(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	worst := 0.0
	for i := range 20_000 {
		x := r.NormFloat64() * []float64{1e-6, 0.3, 3, 200}[i%4]
		if math.Abs(x) > 700 {
			continue
		}
		worst = max(worst, ulps(exp(x), preciseExp(big.NewFloat(x))))
		require.InEpsilon(t, math.Exp(x), exp(x), 0x1p-51)
	}
	t.Logf("worst %.3f ulp", worst)
	require.LessOrEqual(t, worst, 1.0)
}

func TestLogIsWithinOneUlp(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	worst := 0.0
	for i := range 20_000 {
		x := r.Float64()
		switch i % 4 {
		case 1: // near 1, where the logarithm is small
			x = 1 + (x-0.5)/float64(uint64(1)<<(i%40))
		case 2: // any exponent
			x = math.Ldexp(1+x, i%2000-1000)
		case 3:
			x *= 2
		}
		if x == 1 {
			continue
		}
		worst = max(worst, ulps(log(x), preciseLog(x)))
	}
	t.Logf("worst %.3f ulp", worst)
	require.LessOrEqual(t, worst, 1.0)
}

func TestExpAndLogAtTheEdges(t *testing.T) {
	inf := math.Inf(1)
	require.Equal(t, 1.0, exp(0))
	require.Equal(t, inf, exp(709.79))
	require.Equal(t, inf, exp(inf))
	require.Equal(t, 0.0, exp(-745.2))
	require.Equal(t, 0.0, exp(-inf))
	require.True(t, math.IsNaN(exp(math.NaN())))
	require.Equal(t, math.SmallestNonzeroFloat64, exp(-744.4))
	// math.Exp of Go 1.26 on amd64 returns +Inf here.
	require.LessOrEqual(t, ulps(exp(709.78), preciseExp(big.NewFloat(709.78))), 1.0)

	require.Equal(t, 0.0, log(1))
	require.Equal(t, -inf, log(0))
	require.Equal(t, inf, log(inf))
	require.True(t, math.IsNaN(log(-1)))
	require.True(t, math.IsNaN(log(math.NaN())))
	// math.Log of Go 1.26 on amd64 returns -709.09 here.
	require.InEpsilon(t, -1074*math.Ln2, log(math.SmallestNonzeroFloat64), 0x1p-51)
	require.InEpsilon(t, 1024*math.Ln2, log(math.MaxFloat64), 0x1p-51)
}

// normalQuantile is the inverse of the normal distribution function, for probabilities down to 2^-53.
func TestNormalQuantileInvertsTheDistributionFunction(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for i := range 200_000 {
		p := math.Ldexp(0.5+r.Float64()/2, -(i % 53))
		if p > 0.5 {
			continue
		}
		x := normalQuantile(p)
		require.InEpsilon(t, p, math.Erfc(-x/math.Sqrt2)/2, 1e-15*(4+x*x), "p=%g x=%g", p, x)
		if q := 1 - p; 1-q == p {
			require.Equal(t, -x, normalQuantile(q), "p=%g", p)
		}
	}
	require.Equal(t, 0.0, normalQuantile(0.5))
	require.InDelta(t, 1.959963984540054, normalQuantile(0.975), 1e-15)
	require.InDelta(t, 8.2, normalQuantile(1-0x1p-53), 0.1)
}

// normalQuantile is monotonic around the boundaries of its three intervals.
func TestNormalQuantileRises(t *testing.T) {
	for _, p := range []float64{0.075, 0.925, math.Exp(-25), 0.5} {
		before := p - p/1e6
		for q := before; q < p+p/1e6; q += p / 1e8 {
			require.LessOrEqual(t, normalQuantile(before), normalQuantile(q))
			before = q
		}
	}
}

// The results have the same bits on every processor on which this test passes.
func TestPortableBits(t *testing.T) {
	for _, c := range []struct {
		name string
		got  float64
		want uint64
	}{
		{"exp(1)", exp(1), 0x4005bf0a8b14576a},
		{"exp(-0.5)", exp(-0.5), 0x3fe368b2fc6f960a},
		{"exp(0.1)", exp(0.1), 0x3ff1aec7b35a00d4},
		{"exp(20.5)", exp(20.5), 0x41c7d6c4f0bcdd5c},
		{"exp(-300.25)", exp(-300.25), 0x24dc758233102ace},
		{"exp(709.78)", exp(709.78), 0x7fefe9ce5c4c52b4},
		{"exp(-740)", exp(-740), 0x55},
		{"log(0.1)", log(0.1), 0xc0026bb1bbb55515},
		{"log(0.5)", log(0.5), 0xbfe62e42fefa39ef},
		{"log(0.7)", log(0.7), 0xbfd6d3c324e13f50},
		{"log(0.999999)", log(0.999999), 0xbeb0c6f82d74d230},
		{"log(3)", log(3), 0x3ff193ea7aad030a},
		{"log(1e300)", log(1e300), 0x4085963447f87fb5},
		{"log(0x1p-53)", log(0x1p-53), 0xc0425e4f7b2737fa},
		{"normalQuantile(0.01)", normalQuantile(0.01), 0xc0029c5c4630ff0e},
		{"normalQuantile(0.1)", normalQuantile(0.1), 0xbff4813c36e26d33},
		{"normalQuantile(0.3)", normalQuantile(0.3), 0xbfe0c7e39582c5fa},
		{"normalQuantile(0.6)", normalQuantile(0.6), 0x3fd036d6c4a04b59},
		{"normalQuantile(0.95)", normalQuantile(0.95), 0x3ffa515209676ab8},
		{"normalQuantile(1e-9)", normalQuantile(1e-9), 0xc017fdc11f44b5a7},
		{"normalQuantile(1e-12)", normalQuantile(1e-12), 0xc01c234fba57a32a},
		{"normalQuantile(0x1p-53)", normalQuantile(0x1p-53), 0xc0206b48528cea51},
	} {
		require.Equal(t, c.want, math.Float64bits(c.got), "%s = %v, %#x", c.name, c.got, math.Float64bits(c.got))
	}
}

// A fused multiply-add rounds once where two operations round twice. On these processors the compiler fuses wherever
// the language allows. The assembly of all files with floating-point arithmetic must contain no such operation.
func TestNothingIsFused(t *testing.T) {
	files := []string{ // the files with floating-point arithmetic, and those needed to compile them
		"activefault.go", "alertmanager.go", "behaviour.go", "decision.go", "distribution.go", "doc.go", "fault.go",
		"format.go", "mathportable.go", "random.go", "tracefile.go",
	}
	fused := regexp.MustCompile(`\bV?FN?M(ADD|SUB)\w*\b`)
	listed, err := exec.Command("go", "list", "-export", "-deps", "-f", "{{if .Export}}{{.ImportPath}}={{.Export}}{{end}}",
		"crypto/sha256", "encoding/binary", "fmt", "math/rand/v2", "slices").Output()
	require.NoError(t, err)
	exports := strings.Fields(string(listed))
	for _, arch := range []string{"amd64", "arm64", "ppc64le", "riscv64", "s390x"} {
		t.Run(arch, func(t *testing.T) {
			c := crossCompiler{t: t, dir: t.TempDir(), env: []string{"GOOS=linux", "GOARCH=" + arch, "GOAMD64=v3"}}
			assembly := c.run(append([]string{"-S", "-p=fakeam", "-importcfg=" + c.imports(exports)}, files...)...)
			require.Contains(t, string(assembly), ".normalQuantile STEXT")
			require.NotRegexp(t, fused, string(assembly))
		})
	}
}

// A crossCompiler compiles for another processor but imports the export data that exists for this one, because building
// the dependencies for five processors would take minutes. Between 64-bit processors, the export data of the imported
// packages differs only in its first line.
type crossCompiler struct {
	t   *testing.T
	dir string
	env []string
}

// run runs the compiler with these arguments and returns its output.
func (c *crossCompiler) run(args ...string) []byte {
	cmd := exec.Command("go", append([]string{"tool", "compile", "-o", filepath.Join(c.dir, "out.o")}, args...)...)
	cmd.Env = append(cmd.Environ(), c.env...)
	out, err := cmd.CombinedOutput()
	require.NoError(c.t, err, "%s", out)
	return out
}

// imports rewrites the first line of each package's export data for the other processor. exports has a "path=file" for
// each package. It returns the name of an import configuration that names the rewritten files.
func (c *crossCompiler) imports(exports []string) string {
	empty := filepath.Join(c.dir, "empty.go")
	require.NoError(c.t, os.WriteFile(empty, []byte("package empty\n"), 0o644))
	c.run("-p=empty", empty)
	first := regexp.MustCompile(`(?m)^go object .*\n`)
	built, err := os.ReadFile(filepath.Join(c.dir, "out.o"))
	require.NoError(c.t, err)
	header := first.Find(built)
	require.NotEmpty(c.t, header)
	var list strings.Builder
	for i, e := range exports {
		path, file, _ := strings.Cut(e, "=")
		archive, err := os.ReadFile(file)
		require.NoError(c.t, err)
		// An archive is a line followed by members. A member has a header of 60 bytes, with its length in bytes 48 to
		// 57. The first member is the export data.
		const magic, head = len("!<arch>\n"), 60
		length, err := strconv.Atoi(strings.TrimSpace(string(archive[magic+48 : magic+58])))
		require.NoError(c.t, err)
		text := archive[magic+head:][:length]
		at := first.FindIndex(text)
		require.NotNil(c.t, at, path)
		text = slices.Concat(text[:at[0]], header, text[at[1]:])
		other := slices.Concat(archive[:magic+48], fmt.Appendf(nil, "%-10d", len(text)), archive[magic+58:magic+head], text)
		file = filepath.Join(c.dir, strconv.Itoa(i))
		require.NoError(c.t, os.WriteFile(file, other, 0o644))
		fmt.Fprintf(&list, "packagefile %s=%s\n", path, file)
	}
	config := filepath.Join(c.dir, "importcfg")
	require.NoError(c.t, os.WriteFile(config, []byte(list.String()), 0o644))
	return config
}
