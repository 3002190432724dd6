package blackbox

import (
	"testing"
	"testing/synctest"
)

// inBubble runs f in a bubble: a group of goroutines whose time stands still while any of them can run, and then jumps
// to the next instant for which one waits. It returns when all of them have ended. Package testing is needed for
// nothing else.
func inBubble(f func()) { synctest.Test(&testing.T{}, func(*testing.T) { f() }) }

// settle waits until every other goroutine of the bubble waits, for time to pass or for this one.
func settle() { synctest.Wait() }
