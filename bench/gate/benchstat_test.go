package gate

import (
	"encoding/csv"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// benchstat can read the files that the gate reads and writes, and agrees with the gate on which rows are worse or
// better.
func TestBenchstatAgrees(t *testing.T) {
	if testing.Short() {
		t.Skip("builds benchstat")
	}
	for _, name := range []string{"slower", "faster", "one_more_allocation", "fewer_allocations", "another_ledger"} {
		_, parts := sections(t, "testdata/"+name+".txt")
		dir := t.TempDir()
		var sides []*File
		var paths []string
		for _, side := range []string{"old.txt", "new.txt"} {
			f := Read(strings.NewReader(parts[side]), side)
			path := filepath.Join(dir, side)
			if strings.Contains(name, "allocation") { // benchstat treats a unit as exact only if a Unit line says so
				require.NoError(t, f.Accept(path, nil))
			} else {
				require.NoError(t, f.write(path))
			}
			sides, paths = append(sides, f), append(paths, path)
		}
		report, err := Compare(sides[0], sides[1], Options{})
		require.NoError(t, err)
		compared := 0
		for _, row := range report.Rows {
			if row.Status != Worse && row.Status != Improved {
				continue
			}
			delta := benchstatDelta(t, paths, row)
			if lowerMedian(row.Old.Values) == 0 { // benchstat prints no percentage for a change from 0
				require.Equal(t, "?", delta)
				continue
			}
			up := lowerMedian(row.New.Values) > lowerMedian(row.Old.Values)
			require.Equal(t, up, strings.HasPrefix(delta, "+"), "%s: %v: benchstat says %s", name, row, delta)
			require.Equal(t, row.Status == Worse, up == (row.Better == Lower) || row.Better == Same, "%s: %v", name, row)
			compared++
		}
		require.Positive(t, compared, name)
	}
}

// benchstatDelta returns the change that benchstat prints for a row.
func benchstatDelta(t *testing.T, paths []string, row *Row) string {
	args := []string{"run", "golang.org/x/perf/cmd/benchstat", "-format", "csv", "-filter", ".unit:" + row.tidy}
	cmd := exec.Command("go", append(args, paths...)...)
	out, err := cmd.Output()
	require.NoError(t, err)
	r := csv.NewReader(strings.NewReader(string(out)))
	r.FieldsPerRecord = -1
	records, err := r.ReadAll()
	require.NoError(t, err)
	for _, rec := range records {
		if len(rec) > 5 && rec[0] == row.Benchmark {
			return rec[5]
		}
	}
	t.Fatalf("benchstat printed no line for %v:\n%s", row, out)
	return ""
}
