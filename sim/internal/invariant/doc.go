// Package invariant checks what must hold after every event of a run, whatever the scenario. A Checker receives what
// the notifier sends, drops and posts, and how requests end. It keeps a little state of its own and never calls the
// engine or the rules.
//
// A violation that a release is known to allow has the reason beside it (Excuses). That the ledger adds up is an
// invariant too; ledger.Accounts.Check checks it, and a violation ends the run.
//
// The package is internal to sim: it promises nothing to others.
package invariant
