//go:build !linux

package blackbox

import "os/exec"

// isolate does nothing outside Linux, where a child ends only when its standard input is closed.
func isolate(*exec.Cmd) {}

// kill ends cmd.
func kill(cmd *exec.Cmd) { cmd.Process.Kill() }

// dump ends cmd. Outside Linux it cannot make cmd write the stacks of its goroutines.
func dump(cmd *exec.Cmd) { kill(cmd) }

// signalled always returns false: outside Linux it is not known whether a signal ended the process.
func signalled(*exec.Cmd) bool { return false }

func start(cmd *exec.Cmd) error { return cmd.Start() }
