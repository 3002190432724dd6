package blackbox

import (
	"testing"
	"testing/synctest"
)

// inBubble runs f in a synctest bubble: a group of goroutines with a clock of its own. The clock stands still while any
// of them can run, and then jumps to the next instant for which one waits. inBubble returns when all of them have
// ended. This file is the only use of package testing.
func inBubble(f func()) { synctest.Test(&testing.T{}, func(*testing.T) { f() }) }

// settle waits until every other goroutine of the bubble is blocked.
func settle() { synctest.Wait() }
