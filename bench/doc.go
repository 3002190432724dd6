// Package bench contains the benchmarks of notifysim: of the model, the library, the Manager and the encoder, next to
// the same benchmarks of the real notifier. results/benchmarks.md has their results. The package exports nothing.
package bench
