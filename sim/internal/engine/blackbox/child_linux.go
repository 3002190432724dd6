package blackbox

import (
	"os/exec"
	"runtime"
	"sync"
	"syscall"
)

// isolate makes cmd run in a process group of its own and end when this process ends, however that happens.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// kill ends cmd and all processes that it started.
func kill(cmd *exec.Cmd) { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

// dump makes the Go program cmd write the stacks of its goroutines and end.
func dump(cmd *exec.Cmd) { cmd.Process.Signal(syscall.SIGQUIT) }

// signalled reports whether cmd, which has ended, had to be killed.
func signalled(cmd *exec.Cmd) bool {
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// start starts cmd from a thread that never ends. Pdeathsig needs that, because Linux kills the child when the thread
// that started it ends.
func start(cmd *exec.Cmd) error {
	done := make(chan error)
	starter() <- func() { done <- cmd.Start() }
	return <-done
}

var starter = sync.OnceValue(func() chan<- func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread()
		for f := range work {
			f()
		}
	}()
	return work
})
