// Package notifiertest runs scenarios on your own notifier, from a Go test: a fork of Prometheus' notifier, a change
// that you want to propose, or another design with the same methods. It makes the scenario format, the library and the
// virtual time usable from outside this module, as promqltest does for PromQL engines.
//
//	func TestNotifier(t *testing.T) {
//		notifiertest.Run(t, notifiertest.Subject{
//			New: func(o *notifier.Options) notifiertest.Notifier { return mine.New(o) },
//		})
//	}
//
// The example runs the library, with a subtest for each of its tests; with paths, Run runs your own files instead. Time
// is virtual, as in package testing/synctest: an hour in which a notifier hangs takes milliseconds, and a test always
// has the same outcome. Therefore a notifier must read the time with package time, and must send its requests with the
// Do of its options; no request goes over a network.
//
// Check runs a single test, and Benchmark measures in real time how fast a notifier is. The package never changes
// files, and never starts another process.
package notifiertest
