package main

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/notifysim/notifysim/notifier/core"
	"github.com/notifysim/notifysim/scenarios"
	"github.com/notifysim/notifysim/sim"
)

func TestUsage(t *testing.T) {
	for _, c := range []struct{ args, err string }{
		{"tset", `notifysim: "tset" is not a command; write notifysim test; see notifysim --help`},
		{"simulate", `notifysim: "simulate" is not a command; see notifysim --help`},
		{"testdata/passes.yml", `notifysim: "testdata/passes.yml" is not a command; ` +
			`to run it write notifysim test testdata/passes.yml; see notifysim --help`},
		{"--verbose", "notifysim: unknown flag: --verbose; see notifysim --help"},
		{"test --seed 1", "notifysim: unknown flag: --seed; see notifysim --help"},
		{"test --run", "notifysim: flag needs an argument: --run; see notifysim --help"},
		{"test --output xml", `notifysim: --output "xml": write text, markdown or json; see notifysim --help`},
		{"trace --output xml f", `notifysim: --output "xml": write text, events or json; see notifysim --help`},
		{"trace", "notifysim: trace takes one file, such as notifysim trace peer_hangs.yml; see notifysim --help"},
		{"trace a.yml b.yml", "notifysim: trace takes one file, such as notifysim trace peer_hangs.yml; see " +
			"notifysim --help"},
		{"test --run [a", "--run \"[a\": error parsing regexp: missing closing ]: `[a`"},
		{"test --seeds 5-1", `--seeds: "5-1", which goes down; write 1-5`},
		{"test --seeds 0-100000", `--seeds: "0-100000", more than the limit of 100000; write 0-99999`},
		{"test --seeds -1", `--seeds: "-1"; write a number or a range such as 1-20`},
		{"test --run none testdata/passes.yml",
			`--run "none" matches no test; the tests are "overflow", "chance", "nothing expected"`},
		{"trace --output json testdata/passes.yml",
			"the file has 5 runs, but a JSON trace shows only one; choose one with --run, --release and --seeds"},
	} {
		got := command(strings.Fields(c.args)...)
		require.Equal(t, ended{exitUsage, "", c.err + "\n"}, got, c.args)
	}
	got := command("test", "--release", "v1.0")
	require.Equal(t, exitUsage, got.code)
	require.Regexp(t, `^--release: release "v1.0" is not known; known are v2\.5`, got.err)
}

func TestHelp(t *testing.T) {
	for _, args := range [][]string{nil, {"--help"}, {"help"}, {"test", "--help"}, {"trace", "-h"}} {
		got := command(args...)
		require.Equal(t, exitPass, got.code)
		require.Contains(t, got.out, "Usage:")
		require.Empty(t, got.err)
	}
}

// An internal error of a run, and a panic, end the command with exitInternal.
func TestHarnessFault(t *testing.T) {
	for what, broken := range map[string]func() (*sim.Result, error){
		"the ledger is wrong": func() (*sim.Result, error) { return nil, errors.New("the ledger is wrong") },
		"nobody expected me":  func() (*sim.Result, error) { panic("nobody expected me") },
	} {
		simulate := func(*scenarios.File, *scenarios.Test, *core.Release, uint64, sim.Options) (*sim.Result, error) {
			return broken()
		}
		for _, args := range [][]string{{"test"}, {"test", "--output", "json"}, {"trace", "peer_hangs.yml"}} {
			var errs bytes.Buffer
			require.Equal(t, exitInternal, execute(rootCommand(&runner{simulate: simulate}), args, nil, io.Discard, &errs), args)
			require.Contains(t, errs.String(), "notifysim: internal error")
			require.Contains(t, errs.String(), what)
		}
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

func TestOutputThatCannotBeWritten(t *testing.T) {
	for _, args := range [][]string{{"version"}, {"test"}, {"test", "--output", "json"}, {"trace", "peer_hangs.yml"},
		{"--help"}} {
		var errs bytes.Buffer
		require.Equal(t, exitInternal, run(args, nil, brokenWriter{syscall.ENOSPC}, &errs), args)
		require.Equal(t, "notifysim: writing the output: no space left on device\n", errs.String(), args)
		errs.Reset()
		require.Equal(t, exitInternal, run(args, nil, brokenWriter{syscall.EPIPE}, &errs), args)
		require.Empty(t, errs.String(), args)
	}
}

// If the reader of the output closes the pipe, the command ends without a message.
func TestBrokenPipe(t *testing.T) {
	cmd := child(t, "trace", "--seeds", "1-100", "peer_hangs.yml") // its output is larger than the buffer of a pipe
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	_, err = io.ReadFull(out, make([]byte, 10))
	require.NoError(t, err)
	require.NoError(t, out.Close())
	require.Error(t, cmd.Wait())
	require.Empty(t, errs.String())
}
