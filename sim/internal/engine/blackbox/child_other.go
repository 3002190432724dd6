//go:build !linux

package blackbox

import "os/exec"

// isolate does nothing outside Linux: a child ends when its standard input is closed.
func isolate(*exec.Cmd) {}

// kill ends cmd.
func kill(cmd *exec.Cmd) { cmd.Process.Kill() }

// dump ends cmd; outside Linux it does not write the stacks of its goroutines.
func dump(cmd *exec.Cmd) { kill(cmd) }

// signalled is false: outside Linux this is not known.
func signalled(*exec.Cmd) bool { return false }

func start(cmd *exec.Cmd) error { return cmd.Start() }
