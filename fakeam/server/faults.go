package server

import "github.com/notifysim/notifysim/fakeam"

// StartFault makes a fault active from now on beside the behaviour, as StartFault does, and End ends it. Requests that have arrived keep
// their decisions. SetBehaviour ends it too.
func (s *Server) StartFault(f fakeam.Fault, key string) error {
	if err := (fakeam.Behaviour{Fault: f}).Validate(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.am.StartFault(s.now(), f, key)
	s.signal()
	return nil
}

// End ends the fault that began under the key, if it is active.
func (s *Server) EndFault(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.am.EndFault(key)
	s.signal()
}

// signal lets those look again who depend on the behaviour. The caller holds the lock.
func (s *Server) signal() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// SetBehaviour changes the behaviour from now on. Requests that have arrived keep their decisions.
func (s *Server) SetBehaviour(b fakeam.Behaviour) error {
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
