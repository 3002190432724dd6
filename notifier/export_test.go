package notifier

// BreakLock frees the lock that a Manager of v2.51.0 never releases, so that the test can end.
func BreakLock(m *Manager) {
	m.mu.Lock()
	defer m.unlock()
	m.core.BreakDeadlock()
}
