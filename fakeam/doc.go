// Package fakeam models one Alertmanager as a value: how it answers, which faults it has, which alerts it stores, and
// so what becomes of each request.
//
//   - Behaviour and Fault describe an Alertmanager; ParseBehaviour reads them from YAML.
//   - Alertmanager decides how each request ends and when its sender sees that.
//   - Store holds posted alerts by the rules of Alertmanager v0.35.
//   - AlertStates follows the same rules for alerts known only by number, compares them with the source of the alerts,
//     and reports false resolves and other differences.
//   - Distribution and Random yield reproducible latencies and random numbers.
//
// The package promises that the same seed, behaviour, faults and requests give the same decisions on every machine, and
// that a decision allocates nothing.
//
// It starts no goroutine, opens no socket or file, reads no clock, logs nothing, and knows nothing about the sender.
// The caller passes the time: to Store as time.Time, to everything else as int64 nanoseconds since the start of the
// run. An Alertmanager, Store or AlertStates must not be used by two goroutines at the same time. Package fakeam/server
// serves an Alertmanager over HTTP.
package fakeam

import "math"

// Never is a time after every other time.
const Never int64 = math.MaxInt64

// later returns t + d, or Never if the sum overflows. d must be at least 0.
func later(t, d int64) int64 {
	if d > Never-t {
		return Never
	}
	return t + d
}
