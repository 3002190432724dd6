// Package bench has the benchmarks of notifysim: the model, the library, the Manager and the encoder, beside those of
// the real notifier. Their results are in results/benchmarks.md. It exports nothing.
package bench
