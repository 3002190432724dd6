package plan_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/sim/plan"
)

// The answer is the same, byte for byte, for any number of shards, in any order, with any number of workers.
func TestShardsMerge(t *testing.T) {
	q := read(t, "testdata/random.yml")
	q.Sensitivity = true
	whole := study(t, q)
	want, err := whole.Answer(records(t, whole, whole.ShardRuns(plan.Whole), 2), 2, false)
	require.NoError(t, err)
	rng := rand.New(rand.NewPCG(1, 1))
	for _, n := range []int{1, 2, 7, 64} {
		var files []*plan.ShardFile
		for i := range n {
			sh := plan.Shard{I: i + 1, N: n}
			s := study(t, q)
			f, err := plan.ReadShard(writeShard(t, s, sh, records(t, s, s.ShardRuns(sh), 1+i%3)))
			require.NoError(t, err)
			files = append(files, f)
		}
		rng.Shuffle(n, func(i, j int) { files[i], files[j] = files[j], files[i] })
		s, all, err := plan.Merge("", files)
		require.NoError(t, err)
		got, err := s.Answer(all, 1+n%3, false)
		require.NoError(t, err)
		require.Equal(t, shown(t, want), shown(t, got), "%d shards", n)
	}
}

// small returns a study of few runs.
func small(t *testing.T) *plan.Study {
	q := read(t, "testdata/random.yml")
	return study(t, q)
}

// writeShard writes a shard file and returns its path.
func writeShard(t *testing.T, s *plan.Study, sh plan.Shard, records []plan.Record) string {
	path := filepath.Join(t.TempDir(), fmt.Sprintf("%d-of-%d.shard", sh.I, sh.N))
	var text bytes.Buffer
	require.NoError(t, s.WriteShard(&text, sh, records))
	require.NoError(t, os.WriteFile(path, text.Bytes(), 0o644))
	return path
}

func shardFile(t *testing.T, s *plan.Study, sh plan.Shard) (path string, text []byte) {
	path = writeShard(t, s, sh, records(t, s, s.ShardRuns(sh), 0))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return path, text
}

// A shard that was cut off or changed, at any of many places, is refused.
func TestShardsThatAreNotWhole(t *testing.T) {
	path, text := shardFile(t, small(t), plan.Shard{I: 1, N: 2})
	write := func(b []byte) error {
		require.NoError(t, os.WriteFile(path, b, 0o644))
		_, err := plan.ReadShard(path)
		return err
	}
	for n := 0; n < len(text); n += 5 {
		require.Error(t, write(text[:n]), "%d of %d bytes", n, len(text))
		changed := bytes.Clone(text)
		changed[n] ^= 1
		require.Error(t, write(changed), "byte %d", n)
	}
	require.NoError(t, write(text))
	lines := bytes.SplitAfter(text, []byte("\n"))
	require.ErrorContains(t, write(bytes.Join(append(lines[:1:1], lines[2:]...), nil)), "checksum differs")
	require.ErrorContains(t, write([]byte("tests: []\n")), "is not a shard of a plan")
	require.ErrorContains(t, write(bytes.Replace(text, []byte(`{"notifysim_plan":1`), []byte(`{"notifysim_plan":2`), 1)),
		"reads 1")
	_, err := plan.ReadShard(path + "x")
	require.ErrorContains(t, err, "there is no such file")
}

// Shards that do not make one plan are refused, and the error names them.
func TestShardsThatDoNotBelongTogether(t *testing.T) {
	s := small(t)
	load := func(s *plan.Study, i, n int) *plan.ShardFile {
		path, _ := shardFile(t, s, plan.Shard{I: i, N: n})
		f, err := plan.ReadShard(path)
		require.NoError(t, err)
		return f
	}
	q := s.Question
	q.Confidence = 0.8
	other := load(study(t, q), 2, 2)
	one, two, third := load(s, 1, 2), load(s, 2, 2), load(s, 3, 3)
	for want, files := range map[string][]*plan.ShardFile{
		"no shards to merge":               {},
		"1 of 2 shards are missing: 2/2":   {one},
		"1-of-2.shard are both shard 1/2":  {one, two, one},
		"3-of-3.shard is one of 3 shards":  {one, third},
		"2-of-2.shard is of another plan":  {one, other},
		"2 of 3 shards are missing: 1/3, ": {third},
	} {
		_, _, err := plan.Merge("", files)
		require.ErrorContains(t, err, want)
	}
}

// Shards of different programs are refused: by a program that is neither, and by one of them. So are their journals.
func TestShardsOfOtherPrograms(t *testing.T) {
	var files []*plan.ShardFile
	for i, build := range []string{"v1.2.3", "v1.2.4"} {
		s := small(t)
		s.Build = build
		path, _ := shardFile(t, s, plan.Shard{I: i + 1, N: 2})
		f, err := plan.ReadShard(path)
		require.NoError(t, err)
		files = append(files, f)
	}
	_, _, err := plan.Merge("v1.2.3", files)
	require.ErrorContains(t, err, "2-of-2.shard was written by notifysim v1.2.4, ")
	require.ErrorContains(t, err, "1-of-2.shard by notifysim v1.2.3; run all shards with one program")
	_, _, err = plan.Merge("v1.2.4", files[:1])
	require.ErrorContains(t, err, "was written by notifysim v1.2.3, and this is notifysim v1.2.4; merge with the program")

	s := small(t)
	require.ErrorContains(t, s.IsShard(files[0].Path, plan.Shard{I: 1, N: 2}), "was written by notifysim v1.2.3, and this")
	require.ErrorContains(t, s.IsShard(files[0].Path, plan.Shard{I: 2, N: 2}), "is another shard than this")
	path := filepath.Join(t.TempDir(), "j")
	j, err := s.OpenJournal(path, plan.Whole)
	require.NoError(t, err)
	require.NoError(t, j.Close())
	s.Build = "v1.2.4"
	_, err = s.OpenJournal(path, plan.Whole)
	require.ErrorContains(t, err, "it is of another question, shard or program")
}

// A folder stands for all shards in it. Files that a shard that did not finish left behind are ignored.
func TestFindShards(t *testing.T) {
	dir := t.TempDir()
	_, err := plan.FindShards(dir)
	require.ErrorContains(t, err, "is a folder without shards of a plan; name one with files that notifysim plan --shard")
	s := small(t)
	_, text := shardFile(t, s, plan.Shard{I: 1, N: 1})
	for _, name := range []string{"b", "a.shard", "a.shard.part", "a.shard.tmpAB12CD34"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o644))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "p.yml"), []byte("tests: []"), 0o644))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "folder"), 0o755))
	found, err := plan.FindShards(dir)
	require.NoError(t, err)
	require.Equal(t, []string{filepath.Join(dir, "a.shard"), filepath.Join(dir, "b")}, found)
}

// Shard files may be read one after the other from a stream. An error names the line where the shard begins.
func TestParseShards(t *testing.T) {
	s := small(t)
	_, one := shardFile(t, s, plan.Shard{I: 1, N: 2})
	_, two := shardFile(t, s, plan.Shard{I: 2, N: 2})
	files, err := plan.ParseShards("in", slices.Concat(two, one))
	require.NoError(t, err)
	_, all, err := plan.Merge("", files)
	require.NoError(t, err)
	require.Len(t, all, s.Runs())
	_, err = plan.ParseShards("in", slices.Concat(two, one[:len(one)-3]))
	require.ErrorContains(t, err, fmt.Sprintf("in:%d:1: is cut off", bytes.Count(two, []byte("\n"))+1))
	_, err = plan.ParseShards("in", nil)
	require.ErrorContains(t, err, "in:1:1: is not a shard of a plan")
}

// Wherever the runs of a shard are killed, the records in the journal are complete, and the final file is the same.
func TestJournal(t *testing.T) {
	s := small(t)
	sh := plan.Shard{I: 2, N: 2}
	_, want := shardFile(t, s, sh)
	path := filepath.Join(t.TempDir(), "j")
	finish := func() {
		j, err := s.OpenJournal(path, sh)
		require.NoError(t, err)
		all := j.Done
		require.NoError(t, s.Run(context.Background(), s.RemainingRuns(sh, j.Done), 1, func(r plan.Record) error {
			all = append(all, r)
			return j.Add(r)
		}))
		require.NoError(t, j.Close())
		var got bytes.Buffer
		require.NoError(t, s.WriteShard(&got, sh, all))
		require.Equal(t, string(want), got.String())
	}
	finish()
	journal, err := os.ReadFile(path)
	require.NoError(t, err)
	for n := 0; n < len(journal); n += 37 {
		require.NoError(t, os.WriteFile(path, journal[:n], 0o644))
		finish()
	}
	half := bytes.LastIndexByte(journal[:len(journal)-1], '\n') + 10
	require.NoError(t, os.WriteFile(path, append(bytes.Clone(journal[:half]), journal[half+1:]...), 0o644))
	finish() // the last record is not what was written

	_, err = s.OpenJournal(path, plan.Whole)
	require.ErrorContains(t, err, "is not the beginning of this plan")
	require.NoError(t, os.WriteFile(path, []byte("something else"), 0o644))
	_, err = s.OpenJournal(path, sh)
	require.ErrorContains(t, err, "is not the beginning of this plan")
	_, err = s.OpenJournal(filepath.Join(t.TempDir(), "no", "folder"), sh)
	require.Error(t, err)
}

// If the disk is full or the context ends, the records passed on are good, and the error is returned.
func TestRunEnds(t *testing.T) {
	s := small(t)
	full := errors.New("no space left on device")
	n := 0
	require.ErrorIs(t, s.Run(context.Background(), s.ShardRuns(plan.Whole), 2, func(plan.Record) error {
		n++
		return full
	}), full)
	require.LessOrEqual(t, n, 2)
	ctx, cancel := context.WithCancel(context.Background())
	n = 0
	require.ErrorIs(t, s.Run(ctx, s.ShardRuns(plan.Whole), 1, func(plan.Record) error {
		n++
		cancel()
		return nil
	}), context.Canceled)
	require.Equal(t, 1, n)
	require.ErrorContains(t, s.WriteShard(io.Discard, plan.Whole, nil), "8 runs of 8 of shard 1/1 are missing")
}

func TestParseShard(t *testing.T) {
	for _, tt := range []struct{ text, env, want string }{
		{"2/7", "", "2/7"},
		{"1/1", "CI_NODE_INDEX=2", "1/1"},
		{"0/7", "", "write 1 to 7"},
		{"8/7", "", "write 1 to 7"},
		{"1/0", "", "write 1 to 1"},
		{"1/9999999", "", "of at most 1000000"},
		{"2", "", "write one such as 2/7"},
		{"-1/2", "", "write one such as 2/7"},
		{"auto", "", "no batch system's variables are set"},
		{"auto/8", "JOB_COMPLETION_INDEX=0", "1/8"},
		{"auto/8", "JOB_COMPLETION_INDEX=7", "8/8"},
		{"auto/8", "JOB_COMPLETION_INDEX=8", "shard 9/8"},
		{"auto", "JOB_COMPLETION_INDEX=0", "gives the index of the shard but not the number of shards; write --shard auto/n"},
		{"auto/x", "JOB_COMPLETION_INDEX=0", "write a number of shards"},
		{"auto/8", "JOB_COMPLETION_INDEX=a", `JOB_COMPLETION_INDEX is "a"`},
		{"auto", "SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=3", "3/4"},
		{"auto", "SLURM_ARRAY_TASK_ID=8 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_STEP=4", "3/4"},
		{"auto", "SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_COUNT=4 SLURM_ARRAY_TASK_MIN=0 SLURM_ARRAY_TASK_STEP=4",
			"not 0 plus a multiple of 4"},
		{"auto", "SLURM_ARRAY_TASK_ID=5 SLURM_ARRAY_TASK_COUNT=4", `SLURM_ARRAY_TASK_MIN is "missing"`},
		{"auto", "SLURM_ARRAY_TASK_ID=5", "SLURM_ARRAY_TASK_ID is set, and SLURM_ARRAY_TASK_COUNT is not"},
		{"auto", "CI_NODE_INDEX=1 CI_NODE_TOTAL=3", "1/3"},
		{"auto", "CI_NODE_INDEX=0 CI_NODE_TOTAL=3", "is 0, which is not 1"},
		{"auto", "CI_NODE_TOTAL=3", "CI_NODE_TOTAL is set, and CI_NODE_INDEX is not"},
		{"auto/4", "CI_NODE_INDEX=1 CI_NODE_TOTAL=3", "CI_NODE_TOTAL, which says 3; write --shard auto"},
		{"auto/3", "CI_NODE_INDEX=1 CI_NODE_TOTAL=3", "1/3"},
		{"auto", "CIRCLE_NODE_INDEX=0 CIRCLE_NODE_TOTAL=3", "1/3"},
		{"auto", "BUILDKITE_PARALLEL_JOB=2 BUILDKITE_PARALLEL_JOB_COUNT=3", "3/3"},
		{"auto", "AWS_BATCH_JOB_ARRAY_INDEX=1 AWS_BATCH_JOB_ARRAY_SIZE=3", "2/3"},
		{"auto", "CLOUD_RUN_TASK_INDEX=0 CLOUD_RUN_TASK_COUNT=1", "1/1"},
		{"auto", "TEST_SHARD_INDEX=1 TEST_TOTAL_SHARDS=2", "2/2"},
		{"auto", "CI_NODE_INDEX=1 CI_NODE_TOTAL=3 TEST_SHARD_INDEX=1 TEST_TOTAL_SHARDS=2", "are both set; write --shard i/n"},
	} {
		sh, err := plan.ParseShard(tt.text, func(name string) (string, bool) {
			for word := range strings.FieldsSeq(tt.env) {
				if k, v, _ := strings.Cut(word, "="); k == name {
					return v, true
				}
			}
			return "", false
		})
		if err != nil {
			require.ErrorContains(t, err, tt.want, tt)
			continue
		}
		require.Equal(t, tt.want, sh.String(), tt)
	}
}
