package notifier

// BreakLock frees the lock that a Manager of v2.51.0 holds for ever, so that a test can end.
func BreakLock(m *Manager) {
	m.mu.Lock()
	defer m.leave()
	m.core.BreakDeadlock()
}
