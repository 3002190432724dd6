// Package bench holds the benchmarks of what notifysim is for.
package bench
