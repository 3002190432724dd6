package core

// A Lock decides in which order calls get the manager's lock, as a sync.RWMutex would, but without blocking: a call
// that has to wait is stored and made later. Waiting reads are called before waiting changes, each in the order of
// arrival. The zero Lock is free.
type Lock struct {
	held    bool
	done    func() // of the change that is being made or that holds the lock
	reads   []func()
	changes []change
}

// A change is a call that needs the lock for itself.
type change struct{ do, done func() }

// Held reports whether a change holds the lock.
func (l *Lock) Held() bool { return l.held }

// Waits reports whether any read or change waits for the lock.
func (l *Lock) Waits() bool { return len(l.reads) > 0 || len(l.changes) > 0 }

// Read calls f, at once or when the lock becomes free.
func (l *Lock) Read(f func()) {
	if l.held {
		l.reads = append(l.reads, f)
		return
	}
	f()
}

// Change calls do, at once or when the lock becomes free. It calls done when the lock is free again, which is right
// after do or, if do calls Hold, in Release. done may be nil.
func (l *Lock) Change(do, done func()) {
	if l.held {
		l.changes = append(l.changes, change{do, done})
		return
	}
	l.run(change{do, done})
}

// Hold is called within a change and makes it keep the lock until Release.
func (l *Lock) Hold() { l.held = true }

// Release frees the lock. It does not start the calls that wait for it: Next does.
func (l *Lock) Release() {
	l.held = false
	l.finish()
}

// Next starts one call that waits for the lock, and reports whether there was one.
func (l *Lock) Next() bool {
	switch {
	case l.held:
		return false
	case len(l.reads) > 0:
		f := l.reads[0]
		l.reads = l.reads[1:]
		f()
	case len(l.changes) > 0:
		c := l.changes[0]
		l.changes = l.changes[1:]
		l.run(c)
	default:
		return false
	}
	return true
}

func (l *Lock) run(c change) {
	l.done = c.done
	c.do()
	if !l.held {
		l.finish()
	}
}

func (l *Lock) finish() {
	if f := l.done; f != nil {
		l.done = nil
		f()
	}
}
