//go:build !unix

package server

// maxOpenFiles returns how many files and connections the process may have open. No limit is known here.
func maxOpenFiles() int { return 1 << 30 }
