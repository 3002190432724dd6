package notifier

import (
	"context"
	"time"

	"github.com/jonboulle/clockwork"
)

// A timeoutFunc returns a context whose error is context.DeadlineExceeded d from now, or context.Canceled after the
// CancelFunc is called. The caller must call that.
type timeoutFunc func(d time.Duration) (context.Context, context.CancelFunc)

// timeouts returns the timeoutFunc for a clock; nil means the real clock.
//
// clockwork.WithTimeout is unsuitable: the method Err of its contexts blocks until they end, cancelling does not stop
// their timers, and it treats every clock except clockwork's own fake one as the real clock.
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

// A causeContext returns the cause of its end as its error. It has no deadline, because other packages would compare
// that with the real time.
type causeContext struct{ context.Context }

// Err implements context.Context.
func (c causeContext) Err() error {
	if c.Context.Err() == nil {
		return nil
	}
	return context.Cause(c.Context)
}
