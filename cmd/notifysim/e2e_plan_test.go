//go:build e2e && linux

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The jobs of examples/slurm run under a real Slurm with one machine. The job that depends on the array merges the
// shards of its eight tasks into the same answer as a plan without shards.
func TestE2EPlanUnderSlurm(t *testing.T) {
	needs(t, "munged", "slurmctld", "slurmd", "sbatch", "scontrol", "squeue")
	submit, err := filepath.Abs("../../examples/slurm/submit.sh")
	require.NoError(t, err)
	env := append(os.Environ(), "SLURM_CONF="+slurm(t), asCommand+"=1", "PATH="+commandFolder(t)+":"+os.Getenv("PATH"))
	t.Chdir(t.TempDir())
	save(t, "p.yml", planned)
	run := func(name string, args ...string) string {
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Env = env
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s %v: %s", name, args, out)
		return string(out)
	}
	said := run(submit, "p.yml", "--hold")
	jobs := regexp.MustCompile(`^shards: job (\d+)\nanswer: job (\d+), in plan\.txt\n$`).FindStringSubmatch(said)
	require.NotNil(t, jobs, said)
	require.Contains(t, run("squeue", "--noheader", "--format=%E", "--job", jobs[2]), "afterok:"+jobs[1])
	run("scontrol", "release", jobs[1], jobs[2])
	require.Eventually(t, func() bool { return run("squeue", "--noheader") == "" }, 2*time.Minute, 200*time.Millisecond,
		"the jobs do not end")
	logs, err := filepath.Glob("slurm-*.out")
	require.NoError(t, err)
	for _, path := range logs {
		text, _ := os.ReadFile(path)
		t.Logf("%s", text)
	}
	require.Len(t, logs, 8)

	shards, err := filepath.Glob("plans/*.shard")
	require.NoError(t, err)
	require.Len(t, shards, 8)
	answer, err := os.ReadFile("plan.txt")
	require.NoError(t, err)
	require.Equal(t, command("plan", "--percentile", "99", "p.yml"), ended{exitPass, string(answer), ""})
}

// A full disk ends a shard with an error that says so, and the finished runs stay saved. When there is space again and
// the disk is writable, the same command continues and writes the same bytes as an uninterrupted run.
func TestE2EPlanOnAFullDisk(t *testing.T) {
	needs(t, "mount", "umount")
	disk := t.TempDir()
	mount := func(options string) {
		out, err := exec.Command("mount", "-t", "tmpfs", "-o", options, "tmpfs", disk).CombinedOutput()
		require.NoError(t, err, "%s: this test mounts a small disk; run make e2e as root", out)
	}
	mount("size=16k")
	t.Cleanup(func() { _ = exec.Command("umount", disk).Run() })
	scenario := filepath.Join(t.TempDir(), "p.yml")
	save(t, scenario, planned)
	to := func(folder string) ended {
		return command("plan", scenario, "--seeds", "1-600", "--shard", "1/1", "--out", filepath.Join(folder, "x.shard"))
	}
	full := to(disk)
	require.Equal(t, exitInternal, full.code)
	require.Contains(t, full.err,
		"x.shard.part: no space left on device; the finished runs are saved: free some space, and run the same command to "+
			"continue")

	mount("remount,ro,size=16k")
	require.Contains(t, to(disk).err, "read-only file system")
	mount("remount,rw,size=1m")
	part, err := os.ReadFile(filepath.Join(disk, "x.shard.part"))
	require.NoError(t, err)
	require.Greater(t, strings.Count(string(part), "\n"), 10)
	require.Zero(t, to(disk).code)
	elsewhere := t.TempDir()
	require.Zero(t, to(elsewhere).code)
	want, err := os.ReadFile(filepath.Join(elsewhere, "x.shard"))
	require.NoError(t, err)
	got, err := os.ReadFile(filepath.Join(disk, "x.shard"))
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
}

// slurm starts a Slurm with one machine and returns the path of its configuration. Slurm is stopped when the test ends.
func slurm(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "slurm") // t.TempDir is too long for the path of a socket
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(folder) })
	require.NoError(t, os.Chmod(folder, 0o755))
	in := func(name string) string { return filepath.Join(folder, name) }
	for _, name := range []string{"state", "spool"} {
		require.NoError(t, os.Mkdir(in(name), 0o755))
	}
	require.NoError(t, os.WriteFile(in("key"), []byte(strings.Repeat("a key of this test alone", 10)), 0o400))
	host, err := os.Hostname()
	require.NoError(t, err)
	host, _, _ = strings.Cut(host, ".")
	me, err := user.Current()
	require.NoError(t, err)
	port := func() string {
		_, p, err := net.SplitHostPort(freePort(t))
		require.NoError(t, err)
		return p
	}
	conf := in("slurm.conf")
	save(t, conf, fmt.Sprintf(`ClusterName=e2e
SlurmctldHost=%[1]s(127.0.0.1)
SlurmctldPort=%[4]s
SlurmdPort=%[5]s
SlurmUser=%[2]s
SlurmdUser=%[2]s
AuthType=auth/munge
AuthInfo=socket=%[3]s/munge
StateSaveLocation=%[3]s/state
SlurmdSpoolDir=%[3]s/spool
SlurmctldPidFile=%[3]s/slurmctld.pid
SlurmdPidFile=%[3]s/slurmd.pid
SlurmdParameters=config_overrides
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SchedulerParameters=batch_sched_delay=0,sched_interval=1
NodeName=%[1]s NodeAddr=127.0.0.1 CPUs=16 RealMemory=8192 State=UNKNOWN
PartitionName=all Nodes=%[1]s Default=YES State=UP
`, host, me.Username, folder, port(), port()))

	env := append(os.Environ(), "SLURM_CONF="+conf)
	start := func(name string, args ...string) {
		cmd := exec.CommandContext(context.Background(), name, args...)
		cmd.Env = env
		launch(t, cmd)
	}
	start("munged", "--foreground", "--force", "--key-file="+in("key"), "--socket="+in("munge"),
		"--pid-file="+in("munge.pid"),
		"--log-file="+in("munge.log"), "--seed-file="+in("munge.seed"))
	require.Eventually(t, func() bool { _, err := os.Stat(in("munge")); return err == nil }, 10*time.Second,
		20*time.Millisecond, "munged does not begin")
	start("slurmctld", "-D", "-c")
	start("slurmd", "-D")
	state := exec.Command("scontrol", "show", "node", host)
	require.Eventually(t, func() bool {
		again := *state
		again.Env = env
		out, err := again.Output()
		return err == nil && strings.Contains(string(out), "State=IDLE ")
	}, 60*time.Second, 200*time.Millisecond, "the machine does not become idle")
	return conf
}
