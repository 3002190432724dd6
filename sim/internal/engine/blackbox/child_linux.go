package blackbox

import (
	"os/exec"
	"runtime"
	"sync"
	"syscall"
)

// isolate has cmd run in a process group of its own, and end with this process, however that ends.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// kill ends cmd and all that it started.
func kill(cmd *exec.Cmd) { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

// dump has a Go program write the stacks of its goroutines, and end.
func dump(cmd *exec.Cmd) { cmd.Process.Signal(syscall.SIGQUIT) }

// signalled reports whether cmd, which has ended, had to be killed.
func signalled(cmd *exec.Cmd) bool {
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}

// start starts cmd from a thread that never ends: for Pdeathsig, Linux takes the end of the thread that started a
// process for the end of the parent.
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
