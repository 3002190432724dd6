package blackbox

import (
	"errors"
	"fmt"
	"strings"

	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter/protocol"
)

// Errors that end a run because of what the notifier did.
var (
	ErrPanicked      = errors.New("the notifier panicked")
	ErrGoroutineLeft = errors.New("the notifier left a goroutine behind")
)

// panicError returns the error for a panic in a bubble. Package synctest itself panics if a bubble ends while a
// goroutine in it is still blocked.
func panicError(p any) error {
	if text := fmt.Sprint(p); strings.Contains(text, "blocked goroutines remain") ||
		strings.Contains(text, "all goroutines in bubble are blocked") {
		return fmt.Errorf("%w: %s", ErrGoroutineLeft, text)
	}
	return fmt.Errorf("%w: %v", ErrPanicked, p)
}

// recoverPanics calls in with a function that runs f; in runs that function in a bubble or directly. err is the error
// or the panic of f, crash a panic of the bubble itself.
func recoverPanics(in func(func()), f func() error) (err, crash error) {
	defer func() {
		if p := recover(); p != nil {
			crash = panicError(p)
		}
	}()
	in(func() {
		defer func() { // package testing would end the process if the panic reached it
			if p := recover(); p != nil {
				err = panicError(p)
			}
		}()
		err = f()
	})
	return err, nil
}

// survive recovers a panic of the manager in a goroutine of the host. A panic in one of the manager's own goroutines
// cannot be recovered: it ends the process.
func (b *bubble) survive() {
	if p := recover(); p != nil {
		b.transport.Record(func(*protocol.Events) { b.crash = panicError(p) })
	}
}
