// Package notifiertest runs scenarios on a notifier of your own, from a Go test: a fork of Prometheus' notifier, a
// change that you are about to propose, or a design with the same methods. It is to notifiers what promqltest is to
// PromQL engines: the words of the scenarios, the library of them and the virtual time in which they run are exported,
// so that they serve other code than the code that they were written beside.
//
//	func TestNotifier(t *testing.T) {
//		notifiertest.Run(t, notifiertest.Subject{
//			New: func(o *notifier.Options) notifiertest.Notifier { return mine.New(o) },
//		})
//	}
//
// That runs the library, a subtest for each test of it; name files of your own to run those instead. Time is virtual,
// as in package testing/synctest: a notifier that hangs for an hour does so in milliseconds, and a test has the same
// outcome every time. For that a notifier must tell the time by package time and send its requests through the Do of
// its options; nothing goes over a network.
//
// Check is for a single run, and Benchmark measures in real time how fast a notifier is.
package notifiertest
