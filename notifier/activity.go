package notifier

import "github.com/notifysim/notifysim/notifier/core"

// Activity is a snapshot of a Manager's outstanding work, from which a step-by-step driver tells that the
// Manager is idle: all that it began then waits for the driver.
type Activity struct {
	// Requests is the number of requests whose outcome has not been processed. It is larger than the number of
	// requests in Options.Do, or whose response is being read, while others are on their way there or back.
	Requests int
	// Updates is the number of target updates that Run has begun to carry out. A drain may block the last of them.
	Updates int
	// Woken says that Run is about to send a batch, in releases before v2.54.0.
	Woken bool
	// Locked says that a drain holds the manager's lock: Send and others wait for it.
	Locked bool
}

// Activity returns the present Activity. Unlike other methods it does not wait for a drain.
func (m *Manager) Activity() Activity {
	m.mu.Lock()
	defer m.mu.Unlock()
	return Activity{
		Requests: m.inFlight, Updates: m.updates, Locked: m.core.Locked(),
		Woken: m.rel.Targets == core.TargetsBetweenBatches && m.runs > 0 && !m.core.Stopping() &&
			m.core.WakeUpPending() && !m.core.BatchInFlight(),
	}
}
