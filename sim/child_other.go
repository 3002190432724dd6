//go:build !linux

package sim

import "os/exec"

// isolate is for Linux. Elsewhere a child ends when its input does.
func isolate(*exec.Cmd) {}

// kill ends cmd.
func kill(cmd *exec.Cmd) { cmd.Process.Kill() }

func start(cmd *exec.Cmd) error { return cmd.Start() }
