package core

// A Lock decides who goes ahead at the manager's lock, as a sync.RWMutex does, but without blocking: what
// has to wait is kept, and is called later. Reads that wait go before changes that wait, each in the order of their
// calls. The zero Lock is free.
type Lock struct {
	held    bool
	done    func() // of the change that is under way or holds the lock
	reads   []func()
	changes []change
}

// A change is what needs the lock for itself.
type change struct{ do, done func() }

// Held reports whether a change holds the lock.
func (l *Lock) Held() bool { return l.held }

// Waits reports whether a call waits for the lock.
func (l *Lock) Waits() bool { return len(l.reads) > 0 || len(l.changes) > 0 }

// Read calls f, now or when the lock is free.
func (l *Lock) Read(f func()) {
	if l.held {
		l.reads = append(l.reads, f)
		return
	}
	f()
}

// Change calls do, now or when the lock is free, and done when the lock is free again: after do, or after
// Release if do calls Hold. done may be nil.
func (l *Lock) Change(do, done func()) {
	if l.held {
		l.changes = append(l.changes, change{do, done})
		return
	}
	l.run(change{do, done})
}

// Hold makes the change under way keep the lock until Release.
func (l *Lock) Hold() { l.held = true }

// Release frees the lock. What waits for it is up to Next.
func (l *Lock) Release() {
	l.held = false
	l.finish()
}

// Next lets one go ahead that waits for the lock, and reports whether there was one.
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
