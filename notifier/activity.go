package notifier

import "github.com/notifysim/notifysim/notifier/core"

// Activity is a snapshot of a Manager's outstanding work. A driver that runs the Manager step by step reads it to tell
// whether the Manager is idle, that is, whether everything it has begun waits for the driver.
type Activity struct {
	// Requests is the number of requests that were started and whose outcome is not processed yet. It may exceed the
	// number of calls of Options.Do under way: some requests have not got there, others have returned from it.
	Requests int
	// Updates is the number of target updates that Run has received and not finished. The last of them may wait for
	// a drain.
	Updates int
	// Woken says that Run has been woken up to send a batch and has not sent it yet. It is always false from v2.54.0
	// on.
	Woken bool
	// Locked says that a drain holds the manager's lock, so that Send and most other methods wait for it.
	Locked bool
}

// Activity returns the current Activity. Unlike most other methods it does not wait for a drain.
func (m *Manager) Activity() Activity {
	m.mu.Lock()
	defer m.mu.Unlock()
	return Activity{
		Requests: m.inFlight, Updates: m.updates, Locked: m.core.Locked(),
		Woken: m.rel.Targets == core.TargetsBetweenBatches && m.runs > 0 && !m.core.Stopping() &&
			m.core.WakeUpPending() && !m.core.BatchInFlight(),
	}
}
