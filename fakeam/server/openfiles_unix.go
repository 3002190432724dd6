//go:build unix

package server

import "syscall"

// maxOpenFiles returns how many files and connections the process may have open.
func maxOpenFiles() int {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil {
		return 1 << 30
	}
	return int(min(uint64(l.Cur), 1<<30))
}
