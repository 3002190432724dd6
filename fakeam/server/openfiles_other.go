//go:build !unix

package server

// maxOpenFiles returns how many files and connections the process may have open. On this system no limit is known.
func maxOpenFiles() int { return 1 << 30 }
