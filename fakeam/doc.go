// Package fakeam is one Alertmanager as a value: its behaviour, its faults, the alerts that it stores, and the decision
// about each request.
//
//   - Behaviour and Fault describe an Alertmanager; ParseBehaviour reads them from YAML.
//   - Alertmanager decides how each request ends and when its sender sees that.
//   - Store holds posted alerts by the rules of Alertmanager v0.34.
//   - AlertStates follows the same rules for alerts that are known by number only. It compares them with the source
//     of the alerts and reports false resolves and the like.
//   - Distribution and Random yield latencies and chances that can be reproduced.
//
// The package promises that the same seed, behaviour, faults and requests give the same decisions on every machine, and
// that a decision allocates nothing.
//
// It never starts a goroutine, opens a socket or a file, reads a clock or logs, and it knows nothing of the sender. The
// caller passes the time: to Store as time.Time, to everything else as int64 nanoseconds since the start of the run.
// Alertmanager, Store and AlertStates are for one goroutine at a time. Package fakeam/server serves an Alertmanager
// over HTTP.
package fakeam

import "math"

// Never is a time that does not come.
const Never int64 = math.MaxInt64

// later returns t + d for a d of at least 0, or Never if the sum overflows.
func later(t, d int64) int64 {
	if d > Never-t {
		return Never
	}
	return t + d
}
