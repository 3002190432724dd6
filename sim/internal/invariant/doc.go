// Package invariant checks what must hold after every event of a run, whatever the scenario. A Checker is told what the
// notifier sends, drops and posts, and how requests end. It keeps a little state of its own and never calls the engine
// or the core of the notifier.
//
// If a release is known to allow a violation, the violation carries the reason (see Excuses). The invariant that the
// ledger adds up is checked by ledger.Accounts.Check; its violation ends the run.
//
// The package is internal to sim: it promises nothing to others.
package invariant
