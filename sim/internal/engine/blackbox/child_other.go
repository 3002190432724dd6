//go:build !linux

package sim

import "os/exec"

// isolate is for Linux. Elsewhere a child ends when its input does.
func isolate(*exec.Cmd) {}

// kill ends cmd.
func kill(cmd *exec.Cmd) { cmd.Process.Kill() }

// dump has cmd write down what it does, which is for Linux: it ends.
func dump(cmd *exec.Cmd) { kill(cmd) }

// signalled is for Linux.
func signalled(*exec.Cmd) bool { return false }

func start(cmd *exec.Cmd) error { return cmd.Start() }
