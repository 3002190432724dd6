package server

import "github.com/notifysim/notifysim/fakeam"

// Begin makes a fault active from now on beside the behaviour, as BeginAt does, and End ends it. Requests that have arrived keep
// their decisions. Behave ends it too.
func (s *Server) Begin(f fakeam.Fault, key string) error {
	if err := (fakeam.Behaviour{Fault: f}).Validate(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.am.BeginAt(s.now(), f, key)
	s.signal()
	return nil
}

// End ends the fault that began under the key, if it is active.
func (s *Server) End(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.am.End(key)
	s.signal()
}

// signal lets those look again who depend on the behaviour. The caller holds the lock.
func (s *Server) signal() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// Behave changes the behaviour from now on. Requests that have arrived keep their decisions.
func (s *Server) Behave(b fakeam.Behaviour) error {
	if err := b.Validate(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt.Behaviour = b
	s.am.SetBehaviour(s.now(), b)
	s.signal()
	return nil
}

// Behaviour returns how it behaves now.
func (s *Server) Behaviour() fakeam.Behaviour {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opt.Behaviour
}
