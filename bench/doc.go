// Package bench holds the benchmarks of what notifysim is for: a day of a large server, the library, parsing, the
// Manager, overflow, target updates, and the ratio to the real notifier. `make bench` writes results/benchmarks.md from
// them.
//
// What they simulate is fixed by seeds, so that outcomes and allocations can be compared exactly (package gate); times
// are those of the machine. The package has no code but tests and exports nothing.
package bench
