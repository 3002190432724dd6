package notifier

import (
	"context"
	"time"

	"github.com/jonboulle/clockwork"
)

// A timeoutFunc returns a context that ends with context.DeadlineExceeded after d, or with context.Canceled
// when it is cancelled. The caller must cancel it.
type timeoutFunc func(d time.Duration) (context.Context, context.CancelFunc)

// timeouts returns the timeoutFunc of a clock; nil is the real one.
//
// clockwork.WithTimeout does not serve here: Err of its contexts blocks until they end, cancelling one leaves
// its timer on the clock, and every clock but clockwork's own fake one is taken for the real one.
func timeouts(clock clockwork.Clock) timeoutFunc {
	if clock == nil {
		return func(d time.Duration) (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.Background(), d)
		}
	}
	return func(d time.Duration) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancelCause(context.Background())
		timer := clock.AfterFunc(d, func() { cancel(context.DeadlineExceeded) })
		return causeContext{ctx}, func() {
			timer.Stop()
			cancel(context.Canceled)
		}
	}
}

// A causeContext gives the cause of its end as its error. It has no deadline, which others would read as one of
// real time.
type causeContext struct{ context.Context }

// Err implements context.Context.
func (c causeContext) Err() error {
	if c.Context.Err() == nil {
		return nil
	}
	return context.Cause(c.Context)
}
