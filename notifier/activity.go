package notifier

import "github.com/notifysim/notifysim/notifier/core"

// Activity is what a Manager is about, for whoever drives it step by step and has to know when a step is over: it is when
// everything that the Manager began waits for somebody else.
type Activity struct {
	// Requests are those that it has begun and not yet drawn the consequences of: more than are with Options.Do, or have their
	// answers read, if others are on their way there or back.
	Requests int
	// Updates are the target updates that Run has carried out, or would have if a drain did not hold it up.
	Updates int
	// Woken says that Run is about to send a batch (releases before v2.54.0).
	Woken bool
	// Locked says that a drain holds the manager's lock: Send and others wait for it.
	Locked bool
}

// Activity returns what the Manager is about now. It never waits for a drain.
func (m *Manager) Activity() Activity {
	m.mu.Lock()
	defer m.mu.Unlock()
	return Activity{
		Requests: m.posting, Updates: m.updates, Locked: m.core.Locked(),
		Woken: m.rel.Targets == core.TargetsBetweenBatches && m.runs > 0 && !m.core.Stopping() &&
			m.core.WakeUpPending() && !m.core.BatchInFlight(),
	}
}
