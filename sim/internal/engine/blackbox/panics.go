package blackbox

import (
	"errors"
	"fmt"
	"strings"

	"github.com/notifysim/notifysim/sim/internal/engine/blackbox/adapter/protocol"
)

// What a notifier does that ends a run.
var (
	ErrPanicked      = errors.New("the notifier panicked")
	ErrGoroutineLeft = errors.New("the notifier left a goroutine behind")
)

// panicError is the error of a panic in a bubble. One is the bubble's own: that it ended while a goroutine in it waits
// for ever.
func panicError(p any) error {
	if text := fmt.Sprint(p); strings.Contains(text, "blocked goroutines remain") ||
		strings.Contains(text, "all goroutines in bubble are blocked") {
		return fmt.Errorf("%w: %s", ErrGoroutineLeft, text)
	}
	return fmt.Errorf("%w: %v", ErrPanicked, p)
}

// recoverPanics calls f in a bubble, or where else in says, and returns its error, and the crash of what runs there.
func recoverPanics(in func(func()), f func() error) (err, crash error) {
	defer func() {
		if p := recover(); p != nil {
			crash = panicError(p)
		}
	}()
	in(func() {
		defer func() { // what makes the bubble cannot stand a panic
			if p := recover(); p != nil {
				err = panicError(p)
			}
		}()
		err = f()
	})
	return err, nil
}

// survive recovers a panic of the manager in a goroutine that we started. A panic in one of the manager's own
// goroutines ends the process.
func (b *bubble) survive() {
	if p := recover(); p != nil {
		b.transport.Record(func(*protocol.Events) { b.crash = panicError(p) })
	}
}
