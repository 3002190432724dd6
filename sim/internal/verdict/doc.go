// Package verdict judges what a scenario expects of a run, and explains what failed by the trace of a second run. It reads the accounts, the
// windows of the Alertmanagers and the virtual scrapes; it never asks which engine ran.
package verdict
