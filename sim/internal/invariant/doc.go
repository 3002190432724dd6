// Package invariant checks what must hold after every event of a run, whatever the scenario. A Checker observes the
// notifier: it sees what is sent, dropped, posted and answered, keeps a little state of its own, and never asks the
// engine or the rules anything.
//
// A violation that a release is known to allow carries the reason (Excuses). That the ledger adds up is an invariant
// too; it is checked where the accounts are (ledger.Accounts.Check) and ends the run.
//
// The package is internal to sim: it promises nothing to others.
package invariant
