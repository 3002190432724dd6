package plan

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A Shard is the I-th of N parts of the runs of a study, counted from 1.
type Shard struct {
	I int `json:"shard"`
	N int `json:"of"`
}

// String writes "2/7".
func (s Shard) String() string { return fmt.Sprintf("%d/%d", s.I, s.N) }

// Whole is the shard that has all runs of a study.
var Whole = Shard{1, 1}

// maxShards is the largest number of shards, far above what batch systems allow.
const maxShards = 1_000_000

var shardForm = regexp.MustCompile(`^([0-9]{1,9})/([0-9]{1,9})$`)

// ParseShard reads a shard such as "2/7". For "auto" it reads the environment variables of a batch system with env;
// some have no variable for the number of shards, so that it is given as in "auto/7".
func ParseShard(s string, env func(string) (string, bool)) (Shard, error) {
	if s == "auto" || strings.HasPrefix(s, "auto/") {
		return autoShard(strings.TrimPrefix(strings.TrimPrefix(s, "auto"), "/"), env)
	}
	m := shardForm.FindStringSubmatch(s)
	if m == nil {
		return Shard{}, fmt.Errorf("shard %q; write one such as 2/7, the second of seven, or auto", s)
	}
	i, _ := strconv.Atoi(m[1])
	n, _ := strconv.Atoi(m[2])
	return checkShard(Shard{i, n})
}

func checkShard(s Shard) (Shard, error) {
	if s.N < 1 || s.N > maxShards || s.I < 1 || s.I > s.N {
		return Shard{}, fmt.Errorf("shard %v; write 1 to %d, of at most %d", s, max(min(s.N, maxShards), 1), maxShards)
	}
	return s, nil
}

// A batchSystem has the environment variables in which a batch system gives a task its index in the array.
type batchSystem struct {
	name         string
	index, total string // environment variables; total "" if there is none
	base         string // the first index: a number, or a variable that has it
	step         string // a variable that has the difference between successive indices; "" if it is 1
}

// batchSystems are the batch systems that set the index of a shard, according to their documentation.
var batchSystems = []batchSystem{
	{"Kubernetes Indexed Job", "JOB_COMPLETION_INDEX", "", "0", ""},
	{"Slurm array", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_STEP"},
	{"GitLab CI", "CI_NODE_INDEX", "CI_NODE_TOTAL", "1", ""},
	{"CircleCI", "CIRCLE_NODE_INDEX", "CIRCLE_NODE_TOTAL", "0", ""},
	{"Buildkite", "BUILDKITE_PARALLEL_JOB", "BUILDKITE_PARALLEL_JOB_COUNT", "0", ""},
	{"AWS Batch array", "AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE", "0", ""},
	{"Cloud Run job", "CLOUD_RUN_TASK_INDEX", "CLOUD_RUN_TASK_COUNT", "0", ""},
	{"Bazel", "TEST_SHARD_INDEX", "TEST_TOTAL_SHARDS", "0", ""},
}

// autoShard reads the shard from the environment; total is the number of shards on the command line, "" for none. If
// only one of two variables is set, that is an error: with a guess for the other one, runs could be left out or made
// twice.
func autoShard(total string, env func(string) (string, bool)) (Shard, error) {
	var found *batchSystem
	for i := range batchSystems {
		b := &batchSystems[i]
		_, index := env(b.index)
		_, count := env(b.total)
		switch {
		case !index && (b.total == "" || !count):
			continue
		case !index:
			return Shard{}, fmt.Errorf("%s is set, and %s is not (%s); set both, or write --shard i/n", b.total, b.index, b.name)
		case b.total != "" && !count:
			return Shard{}, fmt.Errorf("%s is set, and %s is not (%s); set both, or write --shard i/n", b.index, b.total, b.name)
		case found != nil:
			return Shard{}, fmt.Errorf("%s (%s) and %s (%s) are both set; write --shard i/n", found.index, found.name, b.index,
				b.name)
		}
		found = b
	}
	if found == nil {
		return Shard{}, errors.New("--shard auto: no batch system's variables are set, such as JOB_COMPLETION_INDEX or " +
			"SLURM_ARRAY_TASK_ID; write --shard i/n")
	}
	return found.shard(total, env)
}

// shard reads the variables of a batch system. total is the number of shards that the command line gives, "" for none.
func (b *batchSystem) shard(total string, env func(string) (string, bool)) (Shard, error) {
	number := func(name, missing string) (int, error) {
		text, ok := env(name)
		if !ok {
			text = missing
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return 0, fmt.Errorf("%s is %q (%s); it must be a number", name, text, b.name)
		}
		return n, nil
	}
	base, notNumber := strconv.Atoi(b.base)
	if notNumber != nil {
		var err error
		if base, err = number(b.base, "missing"); err != nil {
			return Shard{}, err
		}
	}
	index, err := number(b.index, "missing")
	if err != nil {
		return Shard{}, err
	}
	step, err := number(b.step, "1")
	if err != nil {
		return Shard{}, err
	}
	var n int
	switch {
	case b.total != "":
		if n, err = number(b.total, "missing"); err != nil {
			return Shard{}, err
		}
		if total != "" && total != strconv.Itoa(n) {
			return Shard{}, fmt.Errorf("--shard auto/%s contradicts the variable %s, which says %d; write --shard auto",
				total, b.total, n)
		}
	case total == "":
		return Shard{}, fmt.Errorf("%s gives the index of the shard but not the number of shards; write --shard auto/n",
			b.name)
	default:
		if n, err = strconv.Atoi(total); err != nil {
			return Shard{}, fmt.Errorf("--shard auto/%s; write a number of shards, such as auto/8", total)
		}
	}
	if step < 1 || index < base || (index-base)%step != 0 {
		return Shard{}, fmt.Errorf("%s is %d, which is not %d plus a multiple of %d", b.index, index, base, step)
	}
	return checkShard(Shard{(index-base)/step + 1, n})
}

// ShardRuns returns the numbers of a shard's runs: every N-th, so that the runs of an expensive point are spread over
// all shards.
func (s *Study) ShardRuns(sh Shard) []int {
	var runs []int
	for run := sh.I - 1; run < s.Runs(); run += sh.N {
		runs = append(runs, run)
	}
	return runs
}

// RemainingRuns returns the numbers of a shard's runs that have no record among done.
func (s *Study) RemainingRuns(sh Shard, done []Record) []int {
	have := make(map[int]bool, len(done))
	for _, r := range done {
		have[r.Run] = true
	}
	var runs []int
	for _, run := range s.ShardRuns(sh) {
		if !have[run] {
			runs = append(runs, run)
		}
	}
	return runs
}
