// Package verdict checks the expectations of a scenario against a run, and explains failures by the trace of a second
// run.
//
// Every expectation of the scenario that is for the release is checked once, and every failure has its position in the
// file. The package reads the accounts, the windows of the Alertmanagers and the virtual scrapes; it never asks which
// engine ran.
//
// The package is internal to sim: it promises nothing to others.
package verdict
