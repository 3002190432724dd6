// Package invariant checks what must hold after every event of a run, whatever the scenario. A Checker stands beside the notifier: it
// sees what is handed over, dropped, posted and answered, keeps a little state of its own, and never asks the engine or the rules
// anything.
//
// That the ledger adds up is an invariant too; it is checked where the accounts are (ledger.Accounts.Check) and fails the run.
package invariant
